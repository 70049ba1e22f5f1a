use super::*;
use crate::crm::account::Settings;
use crate::crm::http::Http;
use sandbox::{Error500, Faults, Form, RateLimit, Sandbox};

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, retry_after: Some(5), body: body.into() }
}

#[test]
fn an_address_is_one_path_segment() {
    assert_eq!(utf8_percent_encode("a+b/c?d#e%@x.co", SEGMENT).to_string(), "a%2Bb%2Fc%3Fd%23e%25@x.co");
}

#[test]
fn json_is_escaped_to_ascii() {
    assert_eq!(ascii("\"\u{e9}\u{1f600}\""), "\"\\u00e9\\ud83d\\ude00\"");
}

#[test]
fn statuses_mean_what_the_contract_says() {
    let status = |status| meaning(answer(status, "")).map(|_| ()).map_err(|error| error.http_status());
    assert_eq!(status(200), Ok(()));
    assert_eq!(status(204), Err(404));
    for refused in [301, 302, 401, 403, 404, 429, 500, 503] {
        assert_eq!(status(refused), Err(502), "{refused}");
    }
    assert!(matches!(meaning(answer(302, "")), Err(Error::Unauthorized { .. })));
    assert!(matches!(meaning(answer(404, "")), Err(Error::Unavailable { .. })));
}

#[test]
fn what_speaks_of_the_whole_crm_is_an_outage_and_two_of_them_say_for_how_long() {
    let told = |status| meaning(answer(status, "")).map_err(|error| (error.is_outage(), error.retry_after())).err();
    for status in [429, 503] {
        assert_eq!(told(status), Some((true, Some(5))), "{status}");
    }
    for status in [500, 502, 504, 599] {
        assert_eq!(told(status), Some((true, None)), "{status}");
    }
    for status in [201, 204, 302, 400, 401, 403, 404, 406] {
        assert_eq!(told(status), Some((false, None)), "{status}");
    }
}

#[test]
fn a_filter_is_refused_by_what_no_outage_says() {
    for (status, body, refused) in [
        (400, "", true),
        (404, "", true),
        (500, r#"{"status":"500","exception message":"updated_time is not searchable"}"#, true),
        (500, "", true),
        (500, r#"{"status":"500","exception message":"You have exceeded your API calls per day"}"#, false),
        (200, "[]", false),
        (302, "", false),
        (401, "", false),
        (403, "", false),
        (429, "", false),
        (502, "", false),
        (503, "", false),
    ] {
        assert_eq!(refuses_filter(&answer(status, body)), refused, "{status} {body}");
    }
}

fn call(crm: &Sandbox, http: &Http) -> AgileCrm {
    let (domain, email, api_key) = (crm.domain().to_owned(), crm.email().to_owned(), crm.api_key().to_owned());
    let settings = Settings { domain, email, api_key, api_url: crm.url(), proxy: String::new() };
    let account = Arc::new(Account::new(&settings).unwrap());
    AgileCrm::new(http.sender(), account, None)
}

fn changed_between(crm: &Sandbox, http: &Http, from: i64, until: i64, cursor: Option<&str>) -> Result<Page, Error> {
    http.wait(call(crm, http).changed_between(from, until, cursor, PAGE_SIZE))
}

fn crm() -> (Sandbox, Http) {
    let crm = Sandbox::start(sandbox::Options { https: None, ..sandbox::Options::default() }).unwrap();
    (crm, Http::new(crate::crm::http::Options { plain_http: true, proxy: None }).unwrap())
}

#[test]
fn the_changed_contacts_come_page_by_page() {
    let (crm, http) = crm();
    let changed: Vec<u64> = (0..450)
        .map(|number| {
            let id = crm.create_contact(sandbox::Contact::person(&format!("c{number}@example.com")));
            crm.add_tag(id, "Lead");
            id
        })
        .collect();
    // Neither a company, nor what was never changed, nor what is no whole contact.
    let company = crm.create_contact(sandbox::Contact::company("ACME"));
    crm.add_tag(company, "Lead");
    crm.create_contact(sandbox::Contact::person("new@example.com"));
    let odd = serde_json::json!({"id": "five", "type": "PERSON", "updated_time": 4_000_000_000_u64});
    crm.replace_contact(5, odd);

    let (mut seen, mut sizes, mut cursor) = (Vec::new(), Vec::new(), None);
    loop {
        let page = changed_between(&crm, &http, 1_000, 3_900_000_000_000, cursor.as_deref()).unwrap();
        sizes.push(page.contacts.len());
        seen.extend(page.contacts.iter().map(|contact| contact.id.to_string().parse::<u64>().unwrap()));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, changed);
    assert_eq!(sizes.iter().sum::<usize>(), 450);
    assert_eq!((sizes.len(), crm.counts().connections_opened, crm.complaints()), (3, 1, vec![]));

    let later = changed_between(&crm, &http, 4_100_000_000_000, 4_200_000_000_000, Some("")).unwrap();
    assert_eq!(later, Page::default());
}

#[test]
fn what_means_the_day_by_after_lists_by_between_all_the_same() {
    let (crm, http) = crm();
    let id = crm.create_contact(sandbox::Contact::person("ana@example.com"));
    crm.add_tag(id, "Lead");
    crm.set_faults(Faults { after_means_day: true, ..Faults::default() });
    let now = crm.contact(id).unwrap()["updated_time"].as_i64().unwrap() * 1_000;
    let ids = |from, until| {
        let page = changed_between(&crm, &http, from, until, None).unwrap();
        page.contacts.iter().map(|contact| contact.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(now - 60_000, now + 60_000), [id.to_string()]);
    assert_eq!(ids(now - 120_000, now - 60_000), [""; 0]);
}

#[test]
fn the_newest_contacts_come_first_as_many_as_were_asked_for() {
    let (crm, http) = crm();
    let all: Vec<u64> = (0..5_u64)
        .map(|number| {
            let id = crm.create_contact(sandbox::Contact::person(&format!("c{number}@example.com")));
            let mut contact = crm.contact(id).unwrap();
            contact["created_time"] = (1_700_000_000 + number).into();
            crm.replace_contact(id, contact);
            id
        })
        .collect();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = http.wait(call(&crm, &http).newest(cursor.as_deref(), 2)).unwrap();
        assert!(page.contacts.len() <= 2);
        seen.extend(page.contacts.iter().map(|contact| contact.id.to_string().parse::<u64>().unwrap()));
        cursor = page.cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, all.into_iter().rev().collect::<Vec<_>>());
    assert_eq!(crm.complaints(), [""; 0]);
}

#[test]
fn of_a_list_that_is_too_slow_or_too_large_less_may_be_asked_for() {
    for error in [Error::TooLarge("x".to_owned()), Error::timed_out("x", true)] {
        assert!(error.is_too_much_at_once(), "{error}");
    }
    for error in [Error::timed_out("x", false), Error::outage("x", None), Error::unusable("x")] {
        assert!(!error.is_too_much_at_once(), "{error}");
    }
}

#[test]
fn a_page_of_too_many_properties_is_too_large() {
    let contact =
        format!(r#"{{"id":1,"type":"PERSON","properties":[{}]}}"#, vec![r#"{"name":"n","value":"v"}"#; 2000].join(","));
    let page = |contacts: usize| {
        let body = format!("[{}]", vec![&*contact; contacts].join(",")).into_bytes();
        page_in(Answer { status: 200, retry_after: None, body })
    };
    assert_eq!(page(25).map(|page| page.contacts.len()), Ok(25));
    assert!(page(26).unwrap_err().is_too_much_at_once());
}

#[test]
fn a_refused_filter_is_told_from_an_outage() {
    let (crm, http) = crm();
    let with = |faults: Faults| {
        crm.set_faults(faults);
        changed_between(&crm, &http, 1_000, 4_100_000_000_000, None).unwrap_err()
    };
    assert_eq!(
        with(Faults { refuse_updated_time_filter: true, ..Faults::default() }),
        Error::FilterRefused { status: 500 }
    );
    assert_eq!(with(Faults { status: Some(400), ..Faults::default() }), Error::FilterRefused { status: 400 });
    let quota = Error500 { message: "API calls per day exceeded".into(), ..Error500::default() };
    for faults in [
        Faults { status: Some(503), ..Faults::default() },
        Faults { rate_limit: Some(RateLimit::default()), ..Faults::default() },
        Faults { hang_up: true, ..Faults::default() },
        Faults { error_500: Some(quota), ..Faults::default() },
    ] {
        assert!(with(faults.clone()).is_outage(), "{faults:?}");
    }
    let unauthorized = with(Faults { unauthorized: Some(Form::Json), ..Faults::default() });
    assert_eq!(unauthorized, Error::Unauthorized { status: 401 });
    let page = with(Faults { html_200: true, ..Faults::default() });
    assert_eq!(page, Error::unusable("its answer is not the JSON of a list"));
}

#[test]
fn the_user_of_the_key_is_known_as_far_as_they_can_be_read() {
    let (name, user) = (r#""na\ud800""#, |email: Option<&str>, domain: Option<&str>| {
        let [email, domain] = [email, domain].map(|text| text.map(str::to_owned));
        Some(CurrentUser { email, name: None, domain })
    });
    let json = format!(r#"{{"email":"owner@example.com","name":{name},"domain":5}}"#);
    assert_eq!(CurrentUser::from_json(json.as_bytes()), user(Some("owner@example.com"), None));
    assert_eq!(CurrentUser::from_json(br#"{"domain":"demo","email":null}"#), user(None, Some("demo")));
    for json in ["", "[]", "null", "<html>", r#"["owner@example.com","Owner","demo"]"#] {
        assert_eq!(CurrentUser::from_json(json.as_bytes()), None, "{json}");
    }
}

#[test]
fn the_accounts_custom_fields_are_told_or_refused() {
    let (crm, http) = crm();
    let fields = || http.wait(call(&crm, &http).custom_fields());
    assert_eq!(fields(), Ok(vec![]));
    crm.define_custom_field("Plan \"Plus\"", "LIST", "silver;gold");
    crm.define_custom_field("Größe", "NUMBER", "");
    let named = |label: &str, kind: &str| CustomField { label: label.to_owned(), kind: kind.to_owned() };
    assert_eq!(fields(), Ok(vec![named("Plan \"Plus\"", "LIST"), named("Größe", "NUMBER")]));
    assert_eq!(crm.complaints(), [""; 0]);
    crm.set_faults(Faults { unauthorized: Some(Form::Json), ..Faults::default() });
    assert_eq!(fields(), Err(Error::Unauthorized { status: 401 }));
    crm.set_faults(Faults { html_200: true, ..Faults::default() });
    assert!(matches!(fields(), Err(Error::Unavailable { .. })));
}
