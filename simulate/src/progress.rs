//! Progress on standard error: a bar on a terminal, a line every few seconds elsewhere.

use std::io::Read;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

/// Looked at once in so many rows: cheap enough to forget, often enough to seem alive.
const ROWS_BETWEEN_LOOKS: u64 = 4096;

/// How far the log was read, in bytes of the file as it lies on disk.
pub(crate) struct Progress {
    bar: ProgressBar,
    rows: u64,
    between_lines: Duration,
    lines_due: Duration,
    told: bool,
}

impl Progress {
    /// Progress towards `bytes`; `None` when the length is not known (standard input). Where no bar can be drawn, a
    /// line is told every `between_lines`.
    pub(crate) fn new(bytes: Option<u64>, target: ProgressDrawTarget, between_lines: Duration) -> Self {
        let template = if bytes.is_some() {
            "{bar:40} {bytes}/{total_bytes} {msg} {eta} left"
        } else {
            "{spinner} {bytes} {msg} {elapsed}"
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = bytes.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        bar.set_draw_target(target);
        let bar = bar.with_style(style).with_finish(ProgressFinish::AndClear);
        Self { bar, rows: 0, between_lines, lines_due: between_lines, told: false }
    }

    /// Counts what is read through it.
    pub(crate) fn reading<R: Read + 'static>(&self, source: R) -> impl Read + 'static {
        self.bar.wrap_read(source)
    }

    /// One more row was replayed. Returns what to tell where no bar can be drawn, when it is time to.
    pub(crate) fn row(&mut self) -> Option<String> {
        self.rows += 1;
        if !self.rows.is_multiple_of(ROWS_BETWEEN_LOOKS) {
            return None;
        }
        self.bar.set_message(format!("{} rows", HumanCount(self.rows)));
        if !self.bar.is_hidden() || self.bar.elapsed() < self.lines_due {
            return None;
        }
        self.lines_due = self.bar.elapsed() + self.between_lines;
        self.told = true;
        Some(self.line())
    }

    fn line(&self) -> String {
        let read = HumanBytes(self.bar.position());
        let of = self.bar.length().map(|all| format!(" of {}", HumanBytes(all))).unwrap_or_default();
        format!("{} rows, {read}{of}", HumanCount(self.rows))
    }

    /// Takes the bar off the screen. Returns the last line to tell, of the whole log, where lines were told before.
    pub(crate) fn done(&self) -> Option<String> {
        let last = self.told.then(|| self.line());
        self.bar.finish_and_clear();
        last
    }
}
