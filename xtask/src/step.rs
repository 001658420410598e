//! One external command: announced, shown while it runs, timed, and kept for reading its results.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// What a step printed, and whether it succeeded.
pub(crate) struct Finished {
    /// What the step is called in the output.
    pub name: String,
    /// Every line of standard output and standard error, each stream in its own order.
    pub lines: Vec<String>,
    /// Whether the command exited with zero.
    pub success: bool,
}

impl Finished {
    /// Fails unless the command succeeded.
    pub(crate) fn require(self) -> anyhow::Result<Self> {
        if !self.success {
            bail!("{} failed", self.name);
        }
        Ok(self)
    }
}

/// Runs `command`, copying what it prints to the terminal as it comes.
///
/// An unsuccessful exit is a result; only a command that cannot be started is an error.
pub(crate) fn run(name: &str, command: &mut Command) -> anyhow::Result<Finished> {
    run_showing(name, command, |_| true)
}

/// As [`run`], copying only lines for people: `shown` says which. All are kept.
pub(crate) fn run_showing(
    name: &str,
    command: &mut Command,
    shown: fn(&str) -> bool,
) -> anyhow::Result<Finished> {
    println!("── {name}: {}", line(command));
    carry_out(name, command, shown, "")
}

/// As [`run`], with `mark` before each line.
pub(crate) fn run_marked(name: &str, command: &mut Command, mark: &str) -> anyhow::Result<Finished> {
    println!("── {name}: {}", line(command));
    carry_out(name, command, |_| true, mark)
}

fn carry_out(
    name: &str,
    command: &mut Command,
    shown: fn(&str) -> bool,
    mark: &str,
) -> anyhow::Result<Finished> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{name}: cannot start `{}`", command.get_program().display()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let lines = std::thread::scope(|scope| {
        let errors = scope.spawn(|| copy(stderr, std::io::stderr(), shown, mark));
        let mut lines = copy(stdout, std::io::stdout(), shown, mark);
        lines.extend(errors.join().unwrap_or_default());
        lines
    });
    let success = child.wait().with_context(|| format!("{name}: lost its process"))?.success();
    println!("── {name}: {} in {}", if success { "done" } else { "FAILED" }, seconds(started.elapsed()));
    Ok(Finished { name: name.to_owned(), lines, success })
}

/// As [`run`], for a command whose arguments nobody would read.
pub(crate) fn run_quietly(name: &str, command: &mut Command) -> anyhow::Result<Finished> {
    println!("── {name}: {}", Path::new(command.get_program()).display());
    carry_out(name, command, |_| true, "")
}

/// Runs `command` silently and says whether it could be started and succeeded.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// A duration for people, to a tenth of a second.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn copy(from: Option<impl Read>, mut to: impl Write, shown: fn(&str) -> bool, mark: &str) -> Vec<String> {
    let Some(from) = from else { return Vec::new() };
    let mut lines = Vec::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        if shown(&line) {
            // A closed terminal must not lose the result.
            let _ = writeln!(to, "{mark}{line}");
        }
        lines.push(line);
    }
    lines
}

fn line(command: &Command) -> String {
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some(format!("{}={}", name.to_string_lossy(), value?.to_string_lossy())));
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    let args = command.get_args().map(|arg| arg.to_string_lossy().into_owned());
    variables.chain([program]).chain(args).collect::<Vec<_>>().join(" ")
}
