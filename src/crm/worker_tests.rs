use super::*;
use crate::contact::{ContactId, Named};
use crate::crm::account::{Account, Settings};
use crate::crm::fetch::Fetches;
use sandbox::{Contact, Faults, Sandbox};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

fn account(url: String) -> Arc<Account> {
    let options = sandbox::Options::default();
    let (domain, email, api_key) = (options.domain, options.email, options.api_key);
    Arc::new(Account::new(&Settings { domain, email, api_key, api_url: url, proxy: String::new() }).unwrap())
}

/// So many fetches at once, as PHP's object has them.
fn fetch(worker: &Worker, crm: &Sandbox, account: &Arc<Account>, count: usize) -> Fetches {
    let id = crm.create_contact(Contact::person("ana@example.com")).to_string();
    let mut fetches = Fetches::default();
    let http = worker.http(account.options()).unwrap();
    for number in 0..count {
        let named = Named::Id(ContactId::parse(&id).unwrap());
        fetches.begin(vec![u8::try_from(number).unwrap()], named, account, None, &http);
    }
    while let Some(fetched) = fetches.take() {
        assert!(fetched.result.is_ok(), "{:?}", fetched.result);
    }
    fetches
}

fn await_open(crm: &Sandbox, count: u64) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while crm.counts().connections_open != count {
        assert!(Instant::now() < deadline, "not {count}: {:?}", crm.counts());
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_a_crowd_needed_is_closed_and_what_one_needed_is_kept() {
    let crm = Sandbox::start(sandbox::Options { https: None, ..sandbox::Options::default() }).unwrap();
    let (worker, account) = (Worker::default(), account(crm.url()));
    // So that they are under way at once: else one connection may serve them one after the other.
    crm.set_faults(Faults { latency: Duration::from_millis(50), ..Faults::default() });
    for _ in 0..3 {
        assert!(!fetch(&worker, &crm, &account, FEW).was_a_crowd());
    }
    await_open(&crm, 2);
    assert_eq!(crm.counts().connections_opened, 2, "they were used again");
    let crowd = fetch(&worker, &crm, &account, 8);
    assert!(crowd.was_a_crowd());
    worker.keep_none();
    drop(crowd);
    await_open(&crm, 0);
}

#[test]
fn after_a_failure_to_connect_the_client_is_made_anew() {
    let worker = Worker::default();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let account = account(url);
    let client = || worker.http(account.options()).unwrap();
    let first = client();
    assert!(Rc::ptr_eq(&first, &client()), "as long as all is well it is the same");
    drop(listener);
    let mut fetches = Fetches::default();
    fetches.begin(vec![], Named::Id(ContactId::parse("5").unwrap()), &account, None, &first);
    assert!(fetches.take().unwrap().result.is_err());
    assert!(!Rc::ptr_eq(&first, &client()));
    // And what goes on with the same fetches goes on with the new one.
    let second = client();
    fetches.begin(vec![], Named::Id(ContactId::parse("5").unwrap()), &account, None, &second);
    assert!(fetches.take().unwrap().result.is_err());
    assert!(!Rc::ptr_eq(&second, &client()), "it was used, and failed");
}
