//! Numbers for people.

/// A whole number with separators: `-1,234,567`.
pub(crate) fn number(number: impl Into<i128>) -> String {
    let number: i128 = number.into();
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number and what it counts, in English: `1 user`, `2,000 users`. Chinese has one form for both.
pub(crate) fn counted(n: impl Into<i128>, one: &str, many: &str) -> String {
    let n: i128 = n.into();
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::{counted, number};

    #[test]
    fn numbers_are_grouped() {
        let all = [number(0), number(999_u64), number(1_234_567_u64), number(-1_000_i64), number(u64::MAX)];
        assert_eq!(all, ["0", "999", "1,234,567", "-1,000", "18,446,744,073,709,551,615"]);
    }

    #[test]
    fn one_thing_is_one() {
        let users = |n: i64| counted(n, "user", "users");
        assert_eq!(
            [users(0), users(1), users(-1), users(2_000)],
            ["0 users", "1 user", "-1 users", "2,000 users"]
        );
    }
}
