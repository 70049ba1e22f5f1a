//! The proxy of `wp-config.php` is used, where WordPress itself would use it, and no other: none of the environment's.

use crate::stage::world::World;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

const CRM: &str = "http://crm.example.test";
const ASK: &str = "try { return (new AgileBridge\\AgileCrm(AgileBridge\\Plugin\\Crm\\Account::connection()))->currentUser()['email']; }
    catch (AgileBridge\\Exception $failure) { return $failure->getCode(); }";

/// A proxy that answers everything itself and tells what it was asked, line by line.
fn proxy() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = channel();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = connection.unwrap();
            let lines = BufReader::new(connection.try_clone().unwrap()).lines();
            for line in lines.map_while(Result::ok).take_while(|line| !line.is_empty()) {
                let _ = tell.send(line);
            }
            let body = r#"{"email":"by-proxy@example.com"}"#;
            let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
            let _ = write!(connection, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
    });
    (port, told)
}

#[test]
fn where_wordpress_would_use_it() {
    let (port, told) = proxy();
    let world = World::with(|site| {
        site.constants(&[
            ("WP_PROXY_HOST", "127.0.0.1"),
            ("WP_PROXY_USERNAME", "me@work"),
            ("WP_PROXY_PASSWORD", "p:s/w"),
        ])
        .constant("WP_PROXY_PORT", port)
    });
    world.site.set_constant("AGILE_BRIDGE_API_URL", CRM);

    assert_eq!(world.site.wp(ASK), "by-proxy@example.com");

    let said: Vec<_> = told.try_iter().collect();
    assert_eq!(said[0], format!("GET {CRM}/dev/api/users/current-user HTTP/1.1"));
    let credentials = said.iter().find(|line| line.to_ascii_lowercase().starts_with("proxy-authorization:"));
    // base64 of me@work:p:s/w
    assert!(credentials.is_some_and(|line| line.ends_with("Basic bWVAd29yazpwOnMvdw==")), "{said:?}");

    world.site.set_constant("WP_PROXY_BYPASS_HOSTS", "*.example.test");
    let answer = world.site.wp(ASK);
    assert!(answer == 502 || answer == 504, "there is no such host: {answer}");
    assert!(told.recv_timeout(Duration::from_millis(100)).is_err(), "the proxy was passed by");
}

#[test]
fn the_environments_is_not() {
    let (port, told) = proxy();
    let url = format!("http://127.0.0.1:{port}");
    let world = World::with(|site| {
        site.env(&[("http_proxy", &url), ("HTTP_PROXY", &url), ("all_proxy", &url), ("ALL_PROXY", &url)])
    });
    world.site.set_constant("AGILE_BRIDGE_API_URL", CRM);
    let answer = world.site.wp(ASK);
    assert!(answer == 502 || answer == 504, "there is no such host: {answer}");
    assert!(told.recv_timeout(Duration::from_millis(100)).is_err());
}
