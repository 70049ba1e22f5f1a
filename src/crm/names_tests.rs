use super::*;
use std::net::{Ipv4Addr, UdpSocket};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime;

/// A name server that says 10.1.2.3 to every question, on the port of name servers at this address.
fn name_server(address: &str) -> Option<()> {
    let Ok(socket) = UdpSocket::bind((address, 53)) else {
        eprintln!("skipped: port 53 needs root");
        return None;
    };
    thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            let asked = question.get(..length).unwrap();
            let end = 12 + asked[12..].iter().position(|byte| *byte == 0).unwrap() + 5;
            let is_a = asked[end - 4..end - 2] == [0, 1];
            let mut answer =
                [&asked[..2], &[0x81, 0x80, 0, 1, 0, u8::from(is_a), 0, 0, 0, 0], &asked[12..end]].concat();
            if is_a {
                answer.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 1, 2, 3]);
            }
            let _ = socket.send_to(&answer, from);
        }
    });
    Some(())
}

fn names(text: Option<&str>) -> Names {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.keep().join("resolv.conf");
    if let Some(text) = text {
        fs::write(&file, text).unwrap();
    }
    // A test's few bytes may stay.
    Names::of(file.to_str().unwrap().to_owned().leak())
}

fn resolve(names: &Names, name: &str) -> Result<Vec<SocketAddr>, String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(names.addresses(name)).map_err(|error| error.to_string())
}

#[test]
fn where_the_machine_names_no_server_nobody_is_asked() {
    for (text, says) in [(None, "is not there"), (Some(""), "names none"), (Some("search lan\n"), "names none")] {
        let names = names(text);
        let start = Instant::now();
        let error = resolve(&names, "demo.agilecrm.example").unwrap_err();
        assert!(error.contains("no name server is known on this machine") && error.contains(says), "{error}");
        assert!(start.elapsed() < Duration::from_millis(200), "after {:?}", start.elapsed());
        // What the machine says itself counts.
        let addresses = resolve(&names, "localhost").unwrap();
        assert!(addresses.iter().all(|address| address.ip().is_loopback()) && !addresses.is_empty(), "{addresses:?}");
    }
}

#[test]
fn the_server_that_the_machine_names_is_asked() {
    let Some(()) = name_server("127.77.53.3") else { return };
    let found = vec![SocketAddr::new(Ipv4Addr::new(10, 1, 2, 3).into(), 0)];
    for text in ["nameserver 127.77.53.3\n", "search a..b\nnonsense\nnameserver 127.77.53.3\noptions edns0 trust-ad\n"]
    {
        assert_eq!(resolve(&names(Some(text)), "demo.agilecrm.example"), Ok(found.clone()), "{text}");
    }
}
