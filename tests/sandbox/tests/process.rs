//! The sandbox as others meet it: HTTPS, the page and its control endpoints, the process.

use sandbox::{Contact, Options, Sandbox};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn client(crm: &Sandbox) -> reqwest::Client {
    let authority = reqwest::Certificate::from_pem(&std::fs::read(crm.ca_pem_path()).unwrap()).unwrap();
    reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap()
}

#[test]
fn https_with_an_authority_of_its_own() {
    let crm = Sandbox::start(Options::default()).unwrap();
    let url = format!("{}/dev/api/users/current-user", crm.https_url());
    let answer = run(async {
        let request = client(&crm).get(url).basic_auth(crm.email(), Some(crm.api_key()));
        request.header("Accept", "application/json").send().await.unwrap().text().await.unwrap()
    });
    assert!(answer.contains("owner@example.com"));
    assert_eq!(crm.counts().connections_opened, 1);
    let file = crm.ca_pem_path().to_owned();
    drop(crm);
    assert!(!file.exists());
}

#[test]
fn the_page_changes_what_the_api_shows_and_counts_nowhere() {
    let crm = Sandbox::start(Options { https: None, ..Options::default() }).unwrap();
    let id = crm.create_contact(Contact::person("ana@example.com"));
    let (client, base) = (client(&crm), format!("{}/sandbox", crm.url()));
    run(async {
        let page = client.get(crm.url()).send().await.unwrap();
        assert!(page.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'self'"));
        assert!(page.text().await.unwrap().contains("not the real service"));
        let json = |request: reqwest::RequestBuilder, body: Value| {
            request.header("Content-Type", "application/json").body(body.to_string()).send()
        };
        json(client.post(format!("{base}/contacts/{id}/property")), json!({"name": "Plan", "value": "gold"}))
            .await
            .unwrap();
        client.put(format!("{base}/contacts/{id}/tags/Gold%20one")).header("Content-Length", "0").send().await.unwrap();
        json(client.put(format!("{base}/faults")), json!({"latency_ms": 5, "error_500": {"rate": 0.5}})).await.unwrap();
        let plain = client.put(format!("{base}/webhook")).body(r#"{"url":"http://a/"}"#).send().await.unwrap();
        assert_eq!(plain.status(), 415, "a foreign page could send this");
    });
    assert_eq!(crm.property(id, "Plan").as_deref(), Some("gold"));
    assert_eq!(crm.contact(id).unwrap()["tags"], json!(["Gold one"]));
    assert_eq!(crm.faults().latency.as_millis(), 5);
    assert_eq!((crm.counts().total, crm.counts().connections_opened), (0, 0));
}

/// A test that fails leaves nothing running.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

#[test]
fn the_process_says_where_it_listens_and_ends_on_sigterm() {
    let mut process = Running(
        Command::new(env!("CARGO_BIN_EXE_sandbox"))
            .args(["--http", "127.0.0.1:0", "--domain", "acme"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(process.0.stdout.take().unwrap()).lines().map_while(Result::ok);
    let page = lines.find_map(|line| line.trim().strip_prefix("page  ").map(str::to_owned)).unwrap();
    let account = run(async {
        let client = reqwest::Client::builder().no_proxy().tls_danger_accept_invalid_certs(true);
        let provider = rustls::crypto::ring::default_provider();
        let _ = provider.install_default();
        client.build().unwrap().get(format!("{page}sandbox/account")).send().await.unwrap().text().await.unwrap()
    });
    assert!(account.contains("acme"));
    Command::new("kill").arg(process.0.id().to_string()).status().unwrap();
    assert!(process.0.wait().unwrap().success());
}

#[test]
fn a_dropped_sandbox_frees_its_port() {
    let crm = Sandbox::start(Options { https: None, ..Options::default() }).unwrap();
    let address: std::net::SocketAddr = crm.url().trim_start_matches("http://").parse().unwrap();
    drop(crm);
    // Not at once: a process that another test is starting keeps a copy of the socket from its fork to its exec.
    let begun = std::time::Instant::now();
    while std::net::TcpStream::connect(address).is_ok() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(10), "{address} is still answered");
        std::thread::yield_now();
    }
    Sandbox::start(Options { http: Some(address), https: None, ..Options::default() }).unwrap();
}
