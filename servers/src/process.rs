//! A server's process: started, awaited, stopped, killed, and ended with the program that started it.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// How long a server may take to be ready or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// How many lines of its log are kept for a message.
const LINES: usize = 60;

/// Waits for the end of its input, which is the end of who started it however that came, and then ends the server.
/// A line says that all is well.
const WATCH: &str = r#"
if read -r done; then exit 0; fi
kill -CONT "$1" 2>/dev/null
kill -"$3" "$1" 2>/dev/null
n=0
while kill -0 "$1" 2>/dev/null && [ $n -lt 50 ]; do n=$((n + 1)); sleep 0.1; done
kill -KILL "$1" 2>/dev/null
rm -rf -- "$2"
"#;

/// A running server.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    watch: Child,
    /// What makes it end at once and in order.
    end: Signal,
    lines: Arc<Mutex<VecDeque<String>>>,
}

impl Process {
    /// Starts `command` and waits until it logs a line with `ready` in it. Else gives what it logged.
    pub(crate) fn start(
        mut command: Command,
        ready: &'static str,
        end: Signal,
        folder: &Path,
    ) -> Result<Self, String> {
        // A group of its own: what ends the tests from a terminal does not end the server before they are done with it.
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
        let mut child = command.spawn().map_err(|error| format!("{command:?}: {error}"))?;
        let (tell, told) = channel();
        let lines = Arc::new(Mutex::new(VecDeque::new()));
        let outputs: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|output| Box::new(output) as _),
            child.stderr.take().map(|output| Box::new(output) as _),
        ];
        for output in outputs.into_iter().flatten() {
            let (tell, lines) = (tell.clone(), Arc::clone(&lines));
            std::thread::spawn(move || {
                for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                    let line = String::from_utf8_lossy(&line).into_owned();
                    if line.contains(ready) {
                        // Nobody listens any more after the first time.
                        let _ = tell.send(());
                    }
                    let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                    lines.push_back(line);
                    while lines.len() > LINES {
                        lines.pop_front();
                    }
                }
            });
        }
        drop(tell);
        let watch = watch(&child, end, folder);
        let process = Self { child, watch, end, lines };
        match told.recv_timeout(PATIENCE) {
            Ok(()) => Ok(process),
            Err(RecvTimeoutError::Disconnected) => Err(format!("it ended: {}", process.log())),
            Err(RecvTimeoutError::Timeout) => Err(format!("it was not ready in time: {}", process.log())),
        }
    }

    /// The end of its log.
    pub(crate) fn log(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().fold(String::new(), |text, line| text + "\n" + line)
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// Sends `signal` to the server and to every process that it started.
    pub(crate) fn signal(&self, signal: Signal) {
        // The first one no longer starts others while they are looked for.
        let _ = kill_process(self.pid(), Signal::STOP);
        for child in children(self.pid()) {
            // It may have ended meanwhile.
            let _ = kill_process(child, signal);
        }
        let _ = kill_process(self.pid(), signal);
    }

    /// Ends every process of the server at once and waits until the server is gone.
    pub(crate) fn kill(mut self) {
        self.signal(Signal::KILL);
        self.wait();
    }

    fn wait(&mut self) {
        self.child.wait().expect("the end of a server");
        self.dismiss();
    }

    /// Tells who watches that there is nothing left to end.
    fn dismiss(&mut self) {
        if let Some(mut input) = self.watch.stdin.take() {
            // It may have been ended by somebody else; then nothing is to be told.
            let _ = input.write_all(b"done\n");
        }
        let _ = self.watch.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.watch.stdin.is_none() {
            return;
        }
        self.signal(Signal::CONT);
        let _ = kill_process(self.pid(), self.end);
        self.wait();
    }
}

fn watch(child: &Child, end: Signal, folder: &Path) -> Child {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", WATCH, "sh", &child.id().to_string()]).arg(folder);
    command.arg(end.as_raw().to_string()).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    command.process_group(0).spawn().expect("a shell that watches over a server")
}

/// The processes that `parent` started.
fn children(parent: Pid) -> Vec<Pid> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let of = |name: &str| {
        let pid = Pid::from_raw(name.parse().ok()?)?;
        let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        // The program's name, in brackets, may hold anything; its state and its parent stand behind it.
        let found = stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()?;
        (Pid::from_raw(found)? == parent).then_some(pid)
    };
    processes.flatten().filter_map(|entry| of(entry.file_name().to_str()?)).collect()
}
