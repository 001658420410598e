//! Many rows in one statement: each statement is a way to the server and back.

use std::fmt::Write as _;

use super::{DbError, Queries, Row, Value};

/// Rows of one statement.
const MOST: usize = 512;

impl dyn Queries + '_ {
    /// Runs `head VALUES (…), (…) tail` for all rows, some hundreds at a time, in their order; the rows that it gives.
    ///
    /// # Errors
    /// [`DbError`]; the transaction is over then.
    pub fn insert(&mut self, head: &str, rows: &[Vec<Value>], tail: &str) -> Result<Vec<Row>, DbError> {
        let mut given = Vec::new();
        for part in parts(rows) {
            let columns = part.first().map_or(0, Vec::len);
            let sql = format!("{head} VALUES {} {tail}", places(part.len(), columns));
            given.extend(self.query(&sql, &part.concat())?);
        }
        Ok(given)
    }

    /// Runs `head (…) tail` for all values, some hundreds at a time, where `(…)` is a list of them after `fixed`; the
    /// rows that it gives.
    ///
    /// # Errors
    /// [`DbError`]; the transaction is over then.
    pub fn among(
        &mut self,
        head: &str,
        fixed: &[Value],
        values: &[Value],
        tail: &str,
    ) -> Result<Vec<Row>, DbError> {
        let mut given = Vec::new();
        for part in parts(values) {
            let list: Vec<_> =
                (fixed.len() + 1..).take(part.len()).map(|number| format!("${number}")).collect();
            let sql = format!("{head} ({}) {tail}", list.join(", "));
            given.extend(self.query(&sql, &[fixed, part].concat())?);
        }
        Ok(given)
    }
}

/// In parts whose lengths are powers of two: statements are kept prepared, and there are few of them so.
fn parts<T>(mut rest: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let length = rest.len().checked_ilog2().map(|log| (1_usize << log).min(MOST))?;
        let (part, after) = rest.split_at(length);
        rest = after;
        Some(part)
    })
}

/// `($1, $2), ($3, $4)`.
fn places(rows: usize, columns: usize) -> String {
    let mut text = String::new();
    for number in 0..rows * columns {
        let before = match (number, number % columns) {
            (0, _) => "(",
            (_, 0) => "), (",
            _ => ", ",
        };
        // A string takes everything.
        let _ = write!(text, "{before}${}", number + 1);
    }
    text.push(')');
    text
}

#[cfg(test)]
mod tests {
    use super::{parts, places};

    #[test]
    fn every_row_is_in_one_part() {
        let rows: Vec<usize> = (0..1_337).collect();
        let lengths: Vec<_> = parts(&rows).map(<[usize]>::len).collect();
        assert_eq!(lengths, [512, 512, 256, 32, 16, 8, 1]);
        assert_eq!(parts(&rows).collect::<Vec<_>>().concat(), rows);
        assert_eq!(parts::<u8>(&[]).count(), 0);
        assert_eq!(places(2, 2), "($1, $2), ($3, $4)");
    }
}
