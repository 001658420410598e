//! What a replay comes to: figures per month, their totals, and what they rest on.

use indicatif::HumanCount;
use planguard::time::{BillingDay, BillingMonth, Timestamp};
use serde::Serialize;

use crate::assumptions;
use crate::cost::{self, CostError};
use crate::headline;
use crate::log::{Format, Kind};
use crate::plan::Plan;
use crate::warnings::{Warning, Warnings};

/// The figures of one month, or of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Figures {
    /// Logins that reach the chat SDK when the app sends every one.
    pub(crate) logins_without: u64,
    /// Logins that the guard carried out.
    pub(crate) logins_with: u64,
    /// Distinct users in the month's rows, in whatever role.
    pub(crate) mau_without: u64,
    /// Active users by the guard's ledger.
    pub(crate) mau_with: u64,
    /// Users with at least one deferred login.
    pub(crate) deferred_users: u64,
    /// Of these, users who were neither active in the month nor denied: the only active users that were avoided.
    pub(crate) avoided_users: u64,
    /// Users with at least one denied login.
    pub(crate) denied_users: u64,
    /// Logins of users who were logged in already. They save no active user.
    pub(crate) suppressed_logins: u64,
    /// Logins that were put off.
    pub(crate) deferred_logins: u64,
    /// Logins that were refused.
    pub(crate) denied_logins: u64,
    /// The most distinct users in the rows of one day.
    pub(crate) peak_dau_without: u64,
    /// The most users that were logged in on one day.
    pub(crate) peak_dau_with: u64,
    /// The month's bill, exact; `None` where the price list has no prices.
    pub(crate) cost_without: Option<String>,
    /// The month's bill with planguard.
    pub(crate) cost_with: Option<String>,
}

/// One month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Month {
    /// Which, as `2004-04`.
    pub(crate) month: String,
    /// Its figures.
    #[serde(flatten)]
    pub(crate) figures: Figures,
}

/// All months together.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Totals {
    /// Sums over the months; of the peak days the highest.
    #[serde(flatten)]
    pub(crate) figures: Figures,
    /// Distinct users in the whole log.
    pub(crate) users: u64,
}

/// How much of the log there was, and how much of it counts.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Rows {
    /// Rows read, without header and blank lines.
    pub(crate) read: u64,
    /// Rows that count.
    pub(crate) counted: u64,
    /// Rows that count on neither side.
    pub(crate) not_counted: u64,
    /// Of these, rows of a time that cannot be: in the future, or far apart from all others.
    pub(crate) outliers: u64,
    /// Rows older than one before them.
    pub(crate) out_of_order: u64,
    /// Whether the log was sorted for their sake; otherwise they count at the latest time before them.
    pub(crate) sorted: bool,
    /// The oldest time of a row that counts.
    pub(crate) first: Timestamp,
    /// The newest one.
    pub(crate) last: Timestamp,
    /// The billing days of the two.
    #[serde(skip)]
    pub(crate) days: (BillingDay, BillingDay),
}

/// What a replay came to.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// What all of it comes to, in two sentences.
    pub(crate) headline: Vec<String>,
    /// Every month that has a row, in order.
    pub(crate) months: Vec<Month>,
    /// All of them together.
    pub(crate) totals: Totals,
    /// What the figures rest on, in sentences.
    pub(crate) assumptions: Vec<String>,
    /// The plan.
    pub(crate) plan: Plan,
    /// The billing zone.
    pub(crate) zone: String,
    /// For how long after a user's last row the app's process lives.
    pub(crate) session_minutes: u64,
    /// What the log records.
    pub(crate) kind: Kind,
    /// What the file turned out to be.
    pub(crate) format: Format,
    /// How much of the log counts.
    pub(crate) rows: Rows,
    /// The first rows that were not taken as they stand.
    pub(crate) warnings: Vec<Warning>,
    /// What was seen of the file beside its rows.
    pub(crate) notes: Vec<String>,
}

/// What the replay counted, before it is priced.
pub(crate) struct Counted {
    /// Per month, in order.
    pub(crate) months: Vec<(BillingMonth, Figures)>,
    /// Distinct users in the whole log.
    pub(crate) users: u64,
    /// Rows that count.
    pub(crate) rows: u64,
    /// The oldest and the newest time of a row that counts.
    pub(crate) span: (Timestamp, Timestamp),
    /// The billing days of the two.
    pub(crate) days: (BillingDay, BillingDay),
}

/// How the log was replayed.
pub(crate) struct Setting {
    /// Under which plan.
    pub(crate) plan: Plan,
    /// In which billing zone.
    pub(crate) zone: String,
    /// With which life of the app's process after a user's last row.
    pub(crate) session_minutes: u64,
    /// From which kind of log.
    pub(crate) kind: Kind,
    /// How many zeroes followed its compressed data.
    pub(crate) padding: u64,
    /// What the file turned out to be.
    pub(crate) format: Format,
    /// Whether it had to be sorted.
    pub(crate) sorted: bool,
}

impl Report {
    /// Prices what was counted and adds it up.
    pub(crate) fn new(setting: Setting, counted: Counted, warnings: Warnings) -> Result<Self, CostError> {
        let rows = Rows {
            read: counted.rows + warnings.not_counted,
            counted: counted.rows,
            not_counted: warnings.not_counted,
            outliers: warnings.outliers,
            out_of_order: warnings.out_of_order,
            sorted: setting.sorted,
            first: counted.span.0,
            last: counted.span.1,
            days: counted.days,
        };
        let mut months = Vec::with_capacity(counted.months.len());
        let mut totals = Totals { figures: Figures::default(), users: counted.users };
        let mut costs = cost::Sums::default();
        for (month, mut figures) in counted.months {
            costs.price(&setting.plan, month, &mut figures)?;
            add(&mut totals.figures, &figures);
            months.push(Month { month: month.to_string(), figures });
        }
        (totals.figures.cost_without, totals.figures.cost_with) = costs.texts();
        let mut notes = Vec::new();
        if setting.padding > 0 {
            let zeroes = HumanCount(setting.padding);
            notes.push(format!("log: {zeroes} zero bytes follow the compressed data; they were passed over"));
        }
        if rows.sorted && rows.out_of_order > 0 {
            let late = HumanCount(rows.out_of_order);
            notes.push(format!(
                "log: not in order of time ({late} rows are older than one before them); sorted"
            ));
        }
        let mut report = Self {
            headline: Vec::new(),
            months,
            totals,
            assumptions: assumptions::of(&setting, &rows),
            plan: setting.plan,
            zone: setting.zone,
            session_minutes: setting.session_minutes,
            kind: setting.kind,
            format: setting.format,
            rows,
            warnings: warnings.listed,
            notes,
        };
        report.headline = headline::of(&report);
        Ok(report)
    }

    /// What was replayed under what.
    pub(crate) fn title(&self) -> String {
        let Plan { catalog, edition, .. } = &self.plan;
        let (rows, users) = (HumanCount(self.rows.counted), HumanCount(self.totals.users));
        let what = match self.kind {
            Kind::Logins => "logins",
            Kind::Messages => "messages",
        };
        let (first, last) = self.rows.days;
        format!(
            "{rows} {what} among {users} users, {first} to {last}; {catalog} {edition}, billing zone {}",
            self.zone
        )
    }

    /// What the file turned out to be, and how much of it counts.
    pub(crate) fn source(&self) -> String {
        let Rows { read, counted, not_counted, outliers, .. } = self.rows;
        let counts = if not_counted == 0 {
            format!("all {} rows count", HumanCount(read))
        } else {
            let apart = match outliers {
                0 => String::new(),
                all if all == not_counted => ", all for their time".to_owned(),
                some => format!(", {} of them for their time", HumanCount(some)),
            };
            let (counted, read, not) = (HumanCount(counted), HumanCount(read), HumanCount(not_counted));
            format!("{counted} of {read} rows count, {not} do not{apart}")
        };
        let sorted = if self.rows.sorted { "; sorted by time" } else { "" };
        format!("{}; {counts}{sorted}", self.format)
    }
}

/// Destructured, so that a new figure cannot be forgotten here.
fn add(sum: &mut Figures, month: &Figures) {
    let Figures {
        logins_without,
        logins_with,
        mau_without,
        mau_with,
        deferred_users,
        avoided_users,
        denied_users,
        suppressed_logins,
        deferred_logins,
        denied_logins,
        peak_dau_without,
        peak_dau_with,
        cost_without: _,
        cost_with: _,
    } = month;
    sum.logins_without += logins_without;
    sum.logins_with += logins_with;
    sum.mau_without += mau_without;
    sum.mau_with += mau_with;
    sum.deferred_users += deferred_users;
    sum.avoided_users += avoided_users;
    sum.denied_users += denied_users;
    sum.suppressed_logins += suppressed_logins;
    sum.deferred_logins += deferred_logins;
    sum.denied_logins += denied_logins;
    sum.peak_dau_without = sum.peak_dau_without.max(*peak_dau_without);
    sum.peak_dau_with = sum.peak_dau_with.max(*peak_dau_with);
}
