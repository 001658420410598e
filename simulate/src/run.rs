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
    while let Some(row) = log.next_row()? {
        match row.entry {
            Err(fault) => warnings.unusable(row.line, fault)?,
            Ok(entry) => {
                if let Some(behind) = replay.row(&entry)? {
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
    let setting = Setting {
        plan,
        zone: options.zone.to_string(),
        session_minutes: options.session_minutes,
        kind: log.kind(),
    };
    let unlisted = warnings.unlisted();
    Ok((Report::new(setting, replay.finish()?, warnings)?, unlisted))
}
