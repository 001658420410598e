//! Progress on standard error: a bar on a terminal, a line every few seconds elsewhere.

use std::io::Read;
use std::time::Duration;

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use crate::words::percent;

/// Looked at once in so many rows: cheap enough to forget, often enough to seem alive.
const ROWS_BETWEEN_LOOKS: u64 = 4096;

/// How much there is to do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Total {
    /// A file is looked through: so many bytes as it lies on disk.
    Bytes(u64),
    /// A log is replayed: so many rows.
    Rows(u64),
    /// Standard input ends when it ends.
    Unknown,
}

/// How far a log was read or replayed.
pub(crate) struct Progress {
    bar: ProgressBar,
    total: Total,
    rows: u64,
    between_lines: Duration,
    lines_due: Duration,
    told: bool,
}

impl Progress {
    /// Progress towards `total`. Where no bar can be drawn, a line is told every `between_lines`.
    pub(crate) fn new(total: Total, target: ProgressDrawTarget, between_lines: Duration) -> Self {
        let (bar, template) = match total {
            Total::Bytes(all) => {
                (ProgressBar::new(all), "reading {bar:20} {bytes}/{total_bytes} {msg}, {eta} left")
            }
            Total::Rows(all) => {
                (ProgressBar::new(all), "replaying {bar:30} {percent} % of {human_len} rows, {eta} left")
            }
            Total::Unknown => (ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}"),
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_draw_target(target);
        let bar = bar.with_style(style).with_finish(ProgressFinish::AndClear);
        let progress = Self { bar, total, rows: 0, between_lines, lines_due: between_lines, told: false };
        progress.show();
        progress
    }

    /// Counts what is read through it, where progress is by the byte.
    pub(crate) fn reading<R: Read + 'static>(&self, source: R) -> impl Read + 'static {
        let bar =
            if matches!(self.total, Total::Bytes(_)) { self.bar.clone() } else { ProgressBar::hidden() };
        bar.wrap_read(source)
    }

    /// One more row was read or replayed. Returns what to tell where no bar can be drawn, when it is time to.
    pub(crate) fn row(&mut self) -> Option<String> {
        self.rows += 1;
        if !self.rows.is_multiple_of(ROWS_BETWEEN_LOOKS) {
            return None;
        }
        self.show();
        if !self.bar.is_hidden() || self.bar.elapsed() < self.lines_due {
            return None;
        }
        self.lines_due = self.bar.elapsed() + self.between_lines;
        self.told = true;
        Some(self.line())
    }

    fn show(&self) {
        match self.total {
            Total::Rows(_) => self.bar.set_position(self.rows),
            Total::Bytes(_) | Total::Unknown => {
                self.bar.set_message(format!("{} rows", HumanCount(self.rows)));
            }
        }
    }

    fn line(&self) -> String {
        let rows = HumanCount(self.rows);
        match self.total {
            Total::Bytes(all) => {
                let (at, share) = (self.bar.position(), percent(self.bar.position(), all));
                format!("read {} of {} ({share}), {rows} rows", HumanBytes(at), HumanBytes(all))
            }
            Total::Rows(all) => {
                format!("replayed {rows} of {} rows ({})", HumanCount(all), percent(self.rows, all))
            }
            Total::Unknown => format!("replayed {rows} rows"),
        }
    }

    /// Shows the bar as it is at the end, and takes it off the screen. Returns the last line to tell, of the whole log, where lines were told before.
    pub(crate) fn done(&self) -> Option<String> {
        let last = self.told.then(|| self.line());
        self.show();
        self.bar.force_draw();
        self.bar.finish_and_clear();
        last
    }
}
