//! The servers start, are killed and started again, and end with the program that started them.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use planguard_servers::{Postgres, Redis};

/// What starts this program again, as one that is killed.
const CHILD: &str = "PLANGUARD_SERVERS_CHILD";

#[test]
fn postgres_keeps_what_was_committed_before_it_was_killed() {
    let server = Postgres::start();
    let url = server.database("kept");
    let name = url.rsplit('/').next().unwrap();
    server.sql(name, "CREATE TABLE kept (n BIGINT)");
    server.sql(name, "INSERT INTO kept VALUES (7)");
    server.kill();
    assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err(), "nobody listens");
    server.restart();
    assert_eq!(server.sql(name, "SELECT n FROM kept"), "7");
    assert_eq!(server.sql(name, "SHOW fsync"), "on");
}

#[test]
fn tests_that_share_a_server_have_databases_of_their_own() {
    let [one, other] = [0; 2].map(|_| Postgres::shared().database("same name"));
    assert_ne!(one, other);
    assert_ne!(Redis::shared().database(), Redis::shared().database());
}

#[test]
fn redis_keeps_what_was_written_before_it_was_killed() {
    let server = Redis::start();
    assert_eq!(server.ask("SET kept 7"), "+OK");
    server.kill();
    server.restart();
    assert_eq!(server.ask("GET kept"), "$1\r\n7");
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.write_all(b"AUTH wrong\r\nGET kept\r\nQUIT\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("NOAUTH") && !answer.contains('7'), "{answer}");
}

#[test]
fn servers_end_with_a_program_that_is_killed() {
    if std::env::var_os(CHILD).is_some() {
        let (postgres, redis) = (Postgres::start(), Redis::start());
        println!("\nports {} {}", postgres.port(), redis.port());
        // Until it is killed.
        std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
        return;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "servers_end_with_a_program_that_is_killed", "--nocapture"]).env(CHILD, "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let ports = lines.find_map(|line| Some(line.strip_prefix("ports ")?.to_owned())).unwrap();
    let streams =
        ports.split(' ').map(|port| TcpStream::connect(("127.0.0.1", port.parse().unwrap())).unwrap());
    let streams: Vec<_> = streams.collect();
    child.kill().unwrap();
    child.wait().unwrap();
    for mut stream in streams {
        // A server that ends closes its connections; this returns at no other time.
        let _ = stream.read_to_end(&mut Vec::new());
    }
}
