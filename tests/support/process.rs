//! Real processes: a test program that is started again to play a part, and told step by step what to do.

use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// One line for the parent, told from the test harness's own.
pub fn say(word: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n@{word}").unwrap();
    out.flush().unwrap();
}

/// Waits until the parent says so.
pub fn wait_for_word() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

/// This program, started again. It ends with this.
#[derive(Debug)]
pub struct Process {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts one that runs the test `child_process` of this program, and waits until it says that it is ready.
    pub fn start<K: AsRef<str>, V: AsRef<str>>(environment: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["child_process", "--exact", "--nocapture", "--test-threads=1"]);
        for (name, value) in environment {
            command.env(name.as_ref(), value.as_ref());
        }
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut process = Self { child, output };
        assert_eq!(process.hear(), "ready");
        process
    }

    /// What it says next.
    pub fn hear(&mut self) -> String {
        self.hear_or_end().unwrap()
    }

    /// What it says next; `None` once it has ended.
    pub fn hear_or_end(&mut self) -> Option<String> {
        loop {
            let line = self.output.next()?.unwrap();
            if let Some(word) = line.strip_prefix('@') {
                return Some(word.to_owned());
            }
        }
    }

    /// Tells it to go on.
    pub fn tell(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }

    /// Kills it, as the system does: it cleans up nothing.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself, or been killed before.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
