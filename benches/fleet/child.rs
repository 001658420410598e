//! This program, started again as another process of the fleet: it says a word when it is ready, starts at a word, and
//! ends with what it found. It ends as well when the first process has.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Stdio};

use planguard_bench::process;

/// Another process, from outside. It is ended when this is dropped.
pub(crate) struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts one; it may not be ready yet.
    pub(crate) fn start(words: &[&str]) -> Self {
        let mut command = process::again(&[&["--child"], words].concat());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Waits until it is ready.
    pub(crate) fn ready(&mut self) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "a process ended before its time");
    }

    /// Lets it go on.
    pub(crate) fn go(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }

    /// What it found, once it has ended.
    pub(crate) fn found(mut self) -> String {
        let mut found = String::new();
        self.output.read_to_string(&mut found).unwrap();
        assert!(self.child.wait().unwrap().success(), "a process failed");
        found
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that has ended is not killed again. The other errors leave nothing to do while another panic goes on.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// In such a process: it is ready, and waits for the word to go on.
pub(crate) fn wait_to_go() {
    println!("ready");
    std::io::stdout().flush().unwrap();
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    assert_eq!(line, "go\n", "the first process ended before its time");
    // Its end of the pipe stays open as long as it lives: whatever is done here is for nobody after that.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(1);
    });
}
