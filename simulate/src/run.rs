//! One replay from a stream to its report.

use std::io::Read;
use std::time::Duration;

use planguard::time::{BillingZone, Timestamp};
use planguard::{CatalogId, EditionId};

use crate::cost::CostError;
use crate::gate::{Gate, GateError};
use crate::log::{Entry, Log, LogError, Row};
use crate::plan::{Plan, PlanError};
use crate::replay::Replay;
use crate::sorted::{Sorted, TooManyUsers};
use crate::summary::{Report, Setting};
use crate::survey::Survey;
use crate::warnings::{Warning, Warnings};

/// How a log is replayed.
#[derive(Clone)]
pub(crate) struct Options {
    /// The price list.
    pub(crate) catalog: CatalogId,
    /// The edition; `None` takes the list's first that is not free.
    pub(crate) edition: Option<EditionId>,
    /// Where days and months turn.
    pub(crate) zone: BillingZone,
    /// For how long after a user's last row the app's process lives.
    pub(crate) session_minutes: u64,
    /// How many warnings are listed; all are counted.
    pub(crate) list_warnings: usize,
    /// Whether the first warning is an error.
    pub(crate) strict: bool,
    /// The latest instant that a log can record.
    pub(crate) not_after: Timestamp,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] LogError),
    /// With `--strict`: a row that was not taken as it stands.
    #[error("log {0} (--strict)")]
    Row(#[from] Warning),
    /// A row so much older than one before it that it would count at the wrong time, in a stream that cannot be read
    /// twice.
    #[error(
        "log line {line}: {field}: {behind_secs} s older than a row before it (line {latest}): more than \
         --session-minutes, so the log is not in order of time; give it as a file, which is sorted before the replay, \
         or sort it by {field}, oldest first"
    )]
    Unsorted {
        /// The line of the log.
        line: u64,
        /// The column.
        field: &'static str,
        /// How much older.
        behind_secs: u64,
        /// The line of the latest row before it.
        latest: u64,
    },
    /// There is a header, and nothing else.
    #[error("log: no row follows the header")]
    NoRows,
    /// There are rows, and none of them counts.
    #[error("log: none of its {rows} rows counts; the first: {first}")]
    NothingCounts {
        /// How many rows there are.
        rows: u64,
        /// Why the first one does not count.
        first: Warning,
    },
    /// There is no such plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The guard failed.
    #[error(transparent)]
    Gate(#[from] GateError),
    /// The log cannot be sorted.
    #[error(transparent)]
    Sorted(#[from] TooManyUsers),
    /// The month has no bill.
    #[error(transparent)]
    Cost(#[from] CostError),
}

/// Replays the log in `source`, calling `after_row` for each row. With a survey of the same log, rows that lie apart are
/// set aside, and a log that is not in order is sorted before it is replayed; `after_row` is then called as its rows are
/// replayed. Without one, the log has to be in order.
pub(crate) fn run(
    source: impl Read + 'static,
    survey: Option<&Survey>,
    options: &Options,
    mut after_row: impl FnMut(),
) -> Result<(Report, u64), RunError> {
    let plan = Plan::new(options.catalog, options.edition)?;
    let mut log = Log::open(source)?;
    let mut reading = Reading {
        warnings: Warnings::new(options.list_warnings, options.strict),
        survey,
        not_after: options.not_after,
        field: log.kind().time_column(),
    };
    let session = Duration::from_secs(options.session_minutes.saturating_mul(60));
    let gate = Gate::open(plan.catalog, plan.edition, options.zone.clone())?;
    let mut replay = Replay::new(gate, options.zone.clone(), session);
    let sorted = survey.is_some_and(|survey| !survey.in_order);
    if sorted {
        let rows = reading.sort(&mut log, &mut after_row)?;
        for entry in rows.into_rows() {
            replay.row(&entry)?;
            after_row();
        }
    } else {
        reading.stream(&mut log, &mut replay, session, &mut after_row)?;
    }
    let warnings = reading.warnings;
    if let (0, Some(first)) = (replay.rows(), &warnings.first) {
        return Err(RunError::NothingCounts { rows: warnings.not_counted, first: first.clone() });
    }
    if replay.rows() == 0 {
        return Err(RunError::NoRows);
    }
    let setting = Setting {
        plan,
        zone: options.zone.to_string(),
        session_minutes: options.session_minutes,
        kind: log.kind(),
        padding: log.padding(),
        format: log.format(),
        sorted,
    };
    let unlisted = warnings.unlisted();
    Ok((Report::new(setting, replay.finish()?, warnings)?, unlisted))
}

/// What decides whether a row counts.
struct Reading<'a> {
    warnings: Warnings,
    survey: Option<&'a Survey>,
    not_after: Timestamp,
    field: &'static str,
}

impl Reading<'_> {
    /// What the row says, if it counts; otherwise it is warned of.
    fn counts(&mut self, row: Row) -> Result<Option<Entry>, RunError> {
        let (line, field) = (row.line, self.field);
        let entry = match row.entry {
            Ok(entry) => entry,
            Err(fault) => {
                self.warnings.unusable(line, fault)?;
                return Ok(None);
            }
        };
        if entry.at > self.not_after {
            let problem = format!("{} lies in the future, which no log records", entry.at);
            self.warnings.outlier(line, field, problem)?;
            return Ok(None);
        }
        if self.survey.is_some_and(|survey| !survey.contains(entry.at)) {
            let problem =
                format!("{} lies more than a year apart from all but a few rows of this log", entry.at);
            self.warnings.outlier(line, field, problem)?;
            return Ok(None);
        }
        Ok(Some(entry))
    }

    /// Replays row by row.
    fn stream(
        &mut self,
        log: &mut Log,
        replay: &mut Replay,
        session: Duration,
        after_row: &mut impl FnMut(),
    ) -> Result<(), RunError> {
        let (field, mut latest) = (self.field, 0);
        while let Some(row) = log.next_row()? {
            let line = row.line;
            if let Some(entry) = self.counts(row)? {
                let behind = replay.behind(&entry);
                if behind > session {
                    return Err(RunError::Unsorted { line, field, behind_secs: behind.as_secs(), latest });
                }
                replay.row(&entry)?;
                if behind.is_zero() {
                    latest = line;
                } else {
                    let problem = format!(
                        "{} s older than a row before it; sort the log by time",
                        behind.as_secs_f64()
                    );
                    self.warnings.late(line, field, problem)?;
                }
            }
            after_row();
        }
        Ok(())
    }

    /// Reads all rows that count. Those that do not are told to `after_row` here, the others when they are replayed.
    fn sort(&mut self, log: &mut Log, after_row: &mut impl FnMut()) -> Result<Sorted, RunError> {
        let mut rows = Sorted::default();
        let mut latest = Timestamp::MIN;
        while let Some(row) = log.next_row()? {
            let line = row.line;
            let Some(entry) = self.counts(row)? else {
                after_row();
                continue;
            };
            if entry.at < latest {
                let behind = latest.since(entry.at).as_secs_f64();
                self.warnings.moved(line, self.field, format!("{behind} s older than a row before it"))?;
            }
            latest = latest.max(entry.at);
            rows.push(&entry)?;
        }
        Ok(rows)
    }
}
