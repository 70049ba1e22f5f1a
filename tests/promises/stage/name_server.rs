//! A name server of the test's own.

use std::net::UdpSocket;
use std::thread;

/// Says 127.0.0.1 to every question, at this address, for as long as the test runs; `None` where that needs root.
pub fn name_server(address: &str) -> Option<()> {
    let socket = UdpSocket::bind((address, 53)).ok()?;
    thread::spawn(move || {
        let mut question = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut question) {
            let asked = &question[..length];
            // The name ends with an empty label; type and class follow.
            let end = 12 + asked[12..].iter().position(|byte| *byte == 0).expect("a name") + 5;
            let is_a = asked[end - 4..end - 2] == [0, 1];
            let head = [0x81, 0x80, 0, 1, 0, u8::from(is_a), 0, 0, 0, 0];
            let mut answer = [&asked[..2], &head, &asked[12..end]].concat();
            if is_a {
                answer.extend([0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1]);
            }
            let _ = socket.send_to(&answer, from);
        }
    });
    Some(())
}
