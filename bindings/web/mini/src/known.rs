//! Names that an object may have, so that a misspelt one is not taken for one that was left out.

use serde_json::Value;

use crate::bad::Bad;

/// Refuses a field of any other name than those that are known. What is null is left out.
pub(crate) fn only(of: &Value, known: &[&str]) -> Result<(), Bad> {
    for (name, value) in of.as_object().into_iter().flatten() {
        if !value.is_null() && !known.contains(&name.as_str()) {
            let nearest = known.iter().min_by_key(|known| distance(name, known)).copied().unwrap_or_default();
            return Err(Bad::new(name, format_args!("it is not known; the nearest name is `{nearest}`")));
        }
    }
    Ok(())
}

/// How many letters have to change to make `one` the `other`.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for letter in one.bytes() {
        let mut before = row[0];
        row[0] += 1;
        for (at, of_other) in other.bytes().enumerate() {
            let changed = before + usize::from(letter != of_other);
            before = row[at + 1];
            row[at + 1] = changed.min(before + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_nearest_name_is_told() {
        assert_eq!(distance("mauBuget", "mauBudget"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        let known = ["onBudget", "mauBudget"];
        only(&json!({ "mauBudget": 1, "other": null }), &known).unwrap();
        only(&json!("no object"), &known).unwrap();
        let bad = only(&json!({ "mauBuget": 1 }), &known).unwrap_err().to_json();
        assert_eq!(
            (&bad["field"], &bad["reason"]),
            (&"mauBuget".into(), &"it is not known; the nearest name is `mauBudget`".into())
        );
    }
}
