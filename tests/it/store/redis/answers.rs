//! Somebody at the address who is no server, or a node that does not hold the app.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use planguard::store::StoreError;

use super::{options, try_open};

/// The URL of somebody who answers whatever is asked with `answer`, and then holds the line or hangs up.
fn somebody(answer: &'static [u8], hangs_up: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://:a-secret@{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = [0; 4096];
            // The other side may have gone meanwhile, which ends nothing here.
            if stream.read(&mut asked).is_ok() && stream.write_all(answer).is_ok() && !hangs_up {
                held.push(stream);
            }
        }
    });
    url
}

fn told(answer: &'static [u8], hangs_up: bool) -> StoreError {
    let options = options(&somebody(answer, hangs_up)).deadline(Duration::from_millis(300));
    let error = try_open(options).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("a-secret"), "{error}");
    error
}

#[test]
fn redirects_of_a_cluster_are_refused_in_words() {
    for answer in [&b"-MOVED 3999 10.0.0.9:6381\r\n"[..], b"-ASK 3999 10.0.0.9:6381\r\n"] {
        let error = told(answer, false);
        assert!(matches!(error, StoreError::Backend { .. }), "{error}");
        assert!(error.to_string().contains("cluster") && !error.to_string().contains("10.0.0.9"), "{error}");
    }
}

#[test]
fn who_is_no_server_is_given_up_in_time() {
    for answer in
        [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"", b"*3\r\n$5\r\nhel", b"%-1\r\n", b"\x00\xff\xff"]
    {
        for hangs_up in [false, true] {
            let error = told(answer, hangs_up);
            assert!(
                matches!(error, StoreError::Unreachable { .. } | StoreError::Backend { .. }),
                "{answer:?}: {error}"
            );
        }
    }
}

#[test]
fn words_of_the_server_are_not_passed_on() {
    let error = told(b"-ERR the key of user ada is wrong\r\n", false);
    assert!(!format!("{error} {error:?}").contains("ada"), "{error}");
}
