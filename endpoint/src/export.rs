//! The ledger of a month as CSV: a row for each user, by a name that says nothing about who it is.

use planguard::time::BillingMonth;

use crate::db::{DbError, Queries};
use crate::ledger::period::month_number;
use crate::ledger::retention::first_month_of_users;

/// The columns.
pub const COLUMNS: [&str; 6] =
    ["month", "account", "provider_days", "device_days", "login_put_off", "counted_as_active"];

/// How many users are read at once.
const PAGE: i64 = 5_000;

/// One part of the ledger, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Lines of CSV.
    pub text: Vec<u8>,
    /// The last account of them; `None` at the end.
    pub after: Option<Vec<u8>>,
}

/// A month of which there are no users, because none are known: that is not a month in which nobody came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// They were deleted.
    #[error("month: the users of {month} are kept no more; the first month that has them is {first}")]
    Past {
        /// The month that was asked for.
        month: BillingMonth,
        /// The first one whose users are kept.
        first: BillingMonth,
    },
    /// It lies ahead.
    #[error("month: {month} has not begun; the running month is {running}")]
    Ahead {
        /// The month that was asked for.
        month: BillingMonth,
        /// The running one.
        running: BillingMonth,
    },
}

impl Part {
    /// This, as the first part of a month, while another is the running one.
    ///
    /// # Errors
    /// [`NotKept`] where it is empty, and the month not one of those that are kept.
    pub fn first_of(self, month: BillingMonth, running: BillingMonth) -> Result<Self, NotKept> {
        let first = first_month_of_users(running);
        match self {
            // What is there is given, whatever the clock says.
            part if !part.text.is_empty() => Ok(part),
            _ if month < first => Err(NotKept::Past { month, first }),
            _ if month > running => Err(NotKept::Ahead { month, running }),
            part => Ok(part),
        }
    }
}

/// The line of the columns' names.
///
/// # Errors
/// [`DbError::Failed`] where it cannot be written, which writing to memory never gives.
pub fn head() -> Result<Vec<u8>, DbError> {
    lines([COLUMNS.map(str::to_owned)])
}

/// The next part of the ledger of a month, after an account, in the order of the accounts. No part holds more than some
/// thousand users, so that a month of millions is never in memory.
///
/// # Errors
/// [`DbError`] where the database cannot be read.
pub fn part(
    queries: &mut dyn Queries,
    app: u64,
    month: BillingMonth,
    after: Option<&[u8]>,
) -> Result<Part, DbError> {
    let sql = "SELECT account, provider_days, device_days, deferred FROM month_users \
               WHERE app = $1 AND month = $2 AND account > $3 ORDER BY account LIMIT $4";
    let values =
        [app.cast_signed().into(), month_number(month).into(), after.unwrap_or(&[]).into(), PAGE.into()];
    let rows = queries.query(sql, &values)?;
    let mut last = None;
    let mut read = Vec::with_capacity(rows.len());
    for row in &rows {
        let account: Vec<u8> = row.get(0)?;
        let (provider, devices, deferred): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        read.push([
            month.to_string(),
            // With a letter before it: a spreadsheet takes no digits for a number and no text for a formula.
            format!("u{}", data_encoding::HEXLOWER.encode(&account)),
            days(provider),
            days(devices),
            i64::from(deferred != 0).to_string(),
            i64::from(provider != 0 || devices != 0).to_string(),
        ]);
        last = Some(account);
    }
    let full = i64::try_from(rows.len()).unwrap_or(i64::MAX) == PAGE;
    Ok(Part { text: lines(read)?, after: last.filter(|_| full) })
}

/// Days of the month, `1 5 26`, from a column of bits.
fn days(bits: i64) -> String {
    let days: Vec<String> =
        (0..31).filter(|day| bits & (1 << day) != 0).map(|day| (day + 1).to_string()).collect();
    days.join(" ")
}

fn lines(rows: impl IntoIterator<Item = [String; 6]>) -> Result<Vec<u8>, DbError> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.map(harmless)).map_err(|error| DbError::Failed { why: error.to_string() })?;
    }
    writer.into_inner().map_err(|error| DbError::Failed { why: error.to_string() })
}

/// A field that no spreadsheet takes for a formula.
fn harmless(field: String) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{field}") } else { field }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_listed_from_their_bits() {
        assert_eq!(days(0), "");
        assert_eq!(days(1 | 1 << 4 | 1 << 30), "1 5 31");
    }

    #[test]
    fn a_month_that_is_not_kept_is_none_in_which_nobody_came() {
        let month = |text: &str| text.parse::<BillingMonth>().unwrap();
        let part = |text: &str| Part { text: text.into(), after: None };
        let [first, running] = ["2026-09", "2026-11"].map(month);
        let asked = |text: &str, of: &str| part(text).first_of(month(of), running);
        for kept in ["2026-09", "2026-10", "2026-11"] {
            assert_eq!(asked("", kept), Ok(part("")));
        }
        assert_eq!(asked("", "2026-08"), Err(NotKept::Past { month: month("2026-08"), first }));
        assert_eq!(asked("", "2026-12"), Err(NotKept::Ahead { month: month("2026-12"), running }));
        // By a clock that is wrong, for instance.
        assert_eq!(asked("line", "2026-08"), Ok(part("line")));
        assert_eq!(asked("line", "2026-12"), Ok(part("line")));
    }

    #[test]
    fn no_field_is_a_formula() {
        let row = ["=1+1", "+1", "-1", "@a", "\tb", "u00"].map(str::to_owned);
        let text = String::from_utf8(lines([row]).unwrap()).unwrap();
        assert_eq!(text, "'=1+1,'+1,'-1,'@a,'\tb,u00\r\n");
    }
}
