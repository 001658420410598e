//! What differs between two sets of terms, member by member.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A member that differs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Difference {
    /// Where, as `subscription.expires_at`.
    pub(crate) member: String,
    /// What it was; `None` where it was not there.
    pub(crate) before: Option<String>,
    /// What it is; `None` where it is not there.
    pub(crate) after: Option<String>,
}

/// Every member that differs, objects by their members. Absent and null are the same.
pub(crate) fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Difference> {
    let mut out = Vec::new();
    collect(&mut out, "", before, after);
    out
}

fn collect(out: &mut Vec<Difference>, path: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let nothing = Map::new();
    for name in names {
        let member = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let of = |map: &Map<String, Value>| map.get(name).filter(|value| !value.is_null()).cloned();
        let (old, new) = (of(before), of(after));
        if old == new {
            continue;
        }
        match (&old, &new) {
            (Some(Value::Object(old)), Some(Value::Object(new))) => collect(out, &member, old, new),
            (None, Some(Value::Object(new))) if !new.is_empty() => collect(out, &member, &nothing, new),
            (Some(Value::Object(old)), None) if !old.is_empty() => collect(out, &member, old, &nothing),
            _ => out.push(Difference { member, before: old.map(shown), after: new.map(shown) }),
        }
    }
}

fn shown(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(before: &Value, after: &Value) -> Vec<(String, Option<String>, Option<String>)> {
        let map = |value: &Value| value.as_object().unwrap().clone();
        let all = differences(&map(before), &map(after)).into_iter();
        all.map(|one| (one.member, one.before, one.after)).collect()
    }

    #[test]
    fn members_of_members_are_named_by_their_path() {
        let before = json!({"edition": "standard", "limits": {"free_mau": 1}, "arrears_since": null});
        let after = json!({"edition": "premium", "limits": {"free_mau": 2}});
        let some = |text: &str| Some(text.to_owned());
        let expected = vec![
            ("edition".to_owned(), some("standard"), some("premium")),
            ("limits.free_mau".to_owned(), some("1"), some("2")),
        ];
        assert_eq!(of(&before, &after), expected);
        assert_eq!(of(&after, &after), []);
    }

    #[test]
    fn what_comes_and_goes_is_told_by_its_members() {
        let with = json!({"subscription": {"starts_at": "a"}, "value_added": [{"id": "push"}]});
        let told = of(&json!({}), &with);
        assert_eq!(told[0], ("subscription.starts_at".to_owned(), None, Some("a".to_owned())));
        assert_eq!(told[1].2.as_deref(), Some(r#"[{"id":"push"}]"#));
        assert_eq!(of(&with, &json!({})).len(), 2);
    }
}
