//! From a log to its report.

use std::io::Read;
use std::time::Duration;

use planguard::{BillingZone, CatalogId, EditionId};

use crate::cost::CostError;
use crate::gate::{Gate, GateError};
use crate::log::{Log, LogError};
use crate::plan::{Plan, PlanError};
use crate::replay::Replay;
use crate::summary::{Report, Setting};
use crate::warnings::{Warning, Warnings};

/// How to replay.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The price list.
    pub(crate) catalog: CatalogId,
    /// Its edition.
    pub(crate) edition: EditionId,
    /// Where days and months turn.
    pub(crate) zone: BillingZone,
    /// For how long after a user's last row the app's process lives.
    pub(crate) session_minutes: u64,
    /// How many warnings are listed; all are counted.
    pub(crate) list_warnings: usize,
    /// Whether the first warning is an error.
    pub(crate) strict: bool,
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
    /// A row so much older than one before it that it would count at the wrong time, and on the wrong day or month.
    #[error(
        "log line {line}: {field}: {behind_secs} s older than a row before it (line {latest}): more than \
         --session-minutes, so the log is not in order of time; sort it by {field}, oldest first"
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
    /// The month has no bill.
    #[error(transparent)]
    Cost(#[from] CostError),
}

/// Replays the log in `source`, calling `after_row` for each row.
pub(crate) fn run(
    source: impl Read + 'static,
    options: &Options,
    mut after_row: impl FnMut(),
) -> Result<(Report, u64), RunError> {
    let plan = Plan::new(options.catalog, options.edition)?;
    let mut log = Log::open(source)?;
    let mut warnings = Warnings::new(options.list_warnings, options.strict);
    let gate = Gate::open(options.catalog, options.edition, options.zone.clone())?;
    let session = Duration::from_secs(options.session_minutes.saturating_mul(60));
    let mut replay = Replay::new(gate, options.zone.clone(), session);
    let mut latest = 0;
    while let Some(row) = log.next_row()? {
        match row.entry {
            Err(fault) => warnings.unusable(row.line, fault)?,
            Ok(entry) => {
                let behind = replay.behind(&entry);
                if behind > session {
                    let (line, field) = (row.line, log.kind().time_column());
                    return Err(RunError::Unsorted { line, field, behind_secs: behind.as_secs(), latest });
                }
                replay.row(&entry)?;
                if behind.is_zero() {
                    latest = row.line;
                } else {
                    let problem = format!(
                        "{} s older than a row before it; sort the log by time",
                        behind.as_secs_f64()
                    );
                    warnings.late(row.line, log.kind().time_column(), problem)?;
                }
            }
        }
        after_row();
    }
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
    };
    let unlisted = warnings.unlisted();
    Ok((Report::new(setting, replay.finish()?, warnings)?, unlisted))
}
