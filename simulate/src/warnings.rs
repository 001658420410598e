//! Rows that were not taken as they stand: all are counted, the first ones are listed.

use serde::Serialize;

use crate::log::Fault;

/// What a warning did to its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Effect {
    /// The row counts on neither side.
    NotCounted,
    /// The row is older than one before it; it counts as if it had happened at that one's time.
    CountedLate,
    /// The row is older than one before it; the log was sorted, and it counts at its own time.
    Moved,
}

/// One row that was not taken as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Warning {
    /// The line of the log, from 1.
    pub(crate) line: u64,
    /// The column, or `row`.
    pub(crate) field: &'static str,
    /// What is wrong, and what would be right.
    pub(crate) problem: String,
    /// What became of the row.
    pub(crate) effect: Effect,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let effect = match self.effect {
            Effect::NotCounted => "the row is not counted",
            Effect::CountedLate => "the row counts at the latest time before it",
            Effect::Moved => "the log was sorted, the row counts at its own time",
        };
        write!(f, "line {}: {}: {}; {effect}", self.line, self.field, self.problem)
    }
}

impl std::error::Error for Warning {}

/// All warnings of one run.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    /// The first ones, as many as were asked for.
    pub(crate) listed: Vec<Warning>,
    /// How many rows count on neither side.
    pub(crate) not_counted: u64,
    /// Of these, how many because of a time that cannot be.
    pub(crate) outliers: u64,
    /// How many rows were older than one before them.
    pub(crate) out_of_order: u64,
    /// The first of all, listed or not.
    pub(crate) first: Option<Warning>,
    keep: usize,
    strict: bool,
}

impl Warnings {
    /// Lists the first `keep`. With `strict` the first warning is an error.
    pub(crate) fn new(keep: usize, strict: bool) -> Self {
        Self { keep, strict, ..Self::default() }
    }

    /// How many there were.
    pub(crate) const fn total(&self) -> u64 {
        self.not_counted + self.out_of_order
    }

    /// How many are not listed.
    pub(crate) fn unlisted(&self) -> u64 {
        self.total() - self.listed.len() as u64
    }

    /// A row that cannot be used.
    pub(crate) fn unusable(&mut self, line: u64, fault: Fault) -> Result<(), Warning> {
        self.not_counted += 1;
        let Fault { field, problem } = fault;
        self.add(Warning { line, field, problem, effect: Effect::NotCounted })
    }

    /// A row of a time that cannot be.
    pub(crate) fn outlier(&mut self, line: u64, field: &'static str, problem: String) -> Result<(), Warning> {
        self.outliers += 1;
        self.unusable(line, Fault { field, problem })
    }

    /// A row that is older than one before it, in a log that was sorted.
    pub(crate) fn moved(&mut self, line: u64, field: &'static str, problem: String) -> Result<(), Warning> {
        self.out_of_order += 1;
        self.add(Warning { line, field, problem, effect: Effect::Moved })
    }

    /// A row that is older than one before it, in a log that is read once.
    pub(crate) fn late(&mut self, line: u64, field: &'static str, problem: String) -> Result<(), Warning> {
        self.out_of_order += 1;
        self.add(Warning { line, field, problem, effect: Effect::CountedLate })
    }

    fn add(&mut self, warning: Warning) -> Result<(), Warning> {
        if self.strict {
            return Err(warning);
        }
        if self.first.is_none() {
            self.first = Some(warning.clone());
        }
        if self.listed.len() < self.keep {
            self.listed.push(warning);
        }
        Ok(())
    }
}
