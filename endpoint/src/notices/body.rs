//! The body of a notice: what is kept and sent, each time the same.

use planguard::Locale;
use serde_json::Value;

use super::fact::{Fact, instant};
use super::rules::{Level, Reading};
use super::words;
use crate::db::DbError;

/// What a notice says, read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    app: i64,
    /// `None` where another version of the endpoint told something that this one does not know.
    fact: Option<Fact>,
    /// The sentence as it was sent.
    sent: String,
}

/// The body of a test.
pub(super) fn test(app: i64, now: i64, locale: Locale) -> Result<String, DbError> {
    let (rule, period) = ("test".to_owned(), String::new());
    write(app, &Reading { rule, period, level: Level::Crossed, fact: Fact::Test {} }, now, locale)
}

/// The body about a reading. `text` is what a chat of people shows.
pub(super) fn write(app: i64, reading: &Reading, now: i64, locale: Locale) -> Result<String, DbError> {
    let mut body =
        serde_json::to_value(&reading.fact).map_err(|error| DbError::Failed { why: error.to_string() })?;
    body["timestamp"] = instant::text(now).into();
    body["text"] = words::text(app, &reading.fact, locale).into();
    let data = &mut body["data"];
    data["sdk_app_id"] = app.into();
    if matches!(reading.kind(), "mau_share" | "budget_share" | "group_share" | "forecast" | "drift") {
        data["period"] = reading.period.as_str().into();
    }
    Ok(body.to_string())
}

impl Body {
    /// Reads a body of an app that was kept.
    pub(super) fn read(app: i64, text: &str) -> Result<Self, DbError> {
        let body: Value = serde_json::from_str(text)
            .map_err(|error| DbError::Damaged { table: "notices".into(), why: error.to_string() })?;
        let sent = body["text"].as_str().unwrap_or_default().to_owned();
        Ok(Self { app, fact: serde_json::from_value(body).ok(), sent })
    }

    /// The sentence as it was sent, in the language of the configuration at that time.
    pub fn sent(&self) -> &str {
        &self.sent
    }

    /// The sentence for a reader; as it was sent where this version does not know what it tells.
    pub fn text(&self, locale: Locale) -> String {
        self.fact.as_ref().map_or_else(|| self.sent.clone(), |fact| words::text(self.app, fact, locale))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reading(rule: &str, fact: Fact) -> Reading {
        Reading { rule: rule.into(), period: "2026-11".into(), level: Level::Crossed, fact }
    }

    fn every_fact() -> [(&'static str, Fact); 10] {
        let (percent, used, at) = (80, 5, 1_764_000_000_123);
        [
            ("mau_share:80", Fact::MauShare { percent, used, included: 6 }),
            ("budget_share:80", Fact::BudgetShare { percent, used, budget: 6 }),
            ("group_share:80", Fact::GroupShare { percent, used, quota: 6 }),
            ("forecast", Fact::Forecast { forecast: 9, included: 6 }),
            ("expires_soon", Fact::Expires { at, days: 3 }),
            ("expired", Fact::Expired { at }),
            ("arrears", Fact::Arrears { since: at }),
            ("drift", Fact::Drift { differing: 2, mau: 5 }),
            ("silent", Fact::Silent { hours: 25 }),
            ("test", Fact::Test {}),
        ]
    }

    #[test]
    fn a_body_has_its_sentence_and_its_data() {
        let fact = Fact::MauShare { percent: 80, used: 8_012, included: 10_000 };
        let body = write(1_400_000_001, &reading("mau_share:80", fact), 0, Locale::En).unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        let said = "App 1400000001: 8,012 of 10,000 included monthly active users are used, at least 80 %.";
        assert_eq!(body["text"], said);
        assert_eq!(body["type"], "planguard.notice.mau_share");
        assert_eq!(body["timestamp"], "1970-01-01T00:00:00Z");
        let data = json!({"percent": 80, "mau": 8012, "included": 10000, "sdk_app_id": 1_400_000_001, "period": "2026-11"});
        assert_eq!(body["data"], data);
    }

    /// `NOTICES.md` is all that whoever writes a receiver has.
    #[test]
    fn the_document_shows_this_body_and_names_every_member_of_every_type() {
        const DOCUMENT: &str = include_str!("../../NOTICES.md");
        let shown = DOCUMENT.split("```json").nth(1).unwrap().split("```").next().unwrap();
        let fact = Fact::MauShare { percent: 80, used: 8_012, included: 10_000 };
        let noon = "2026-11-26T12:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond();
        let body = write(1_400_000_001, &reading("mau_share:80", fact), noon, Locale::En).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(shown).unwrap(),
            serde_json::from_str::<Value>(&body).unwrap()
        );
        for (rule, fact) in every_fact() {
            let body = write(7, &reading(rule, fact), 0, Locale::En).unwrap();
            let body: Value = serde_json::from_str(&body).unwrap();
            let row = format!("| `{}` |", body["type"].as_str().unwrap());
            let row = DOCUMENT.lines().find(|line| line.starts_with(&row)).expect(rule);
            let named = row.rsplit(" | ").next().unwrap();
            for member in body["data"].as_object().unwrap().keys().filter(|member| *member != "sdk_app_id") {
                assert!(named.contains(&format!("`{member}`")), "{rule}: {member}");
            }
        }
    }

    #[test]
    fn each_fact_is_read_back_and_put_into_words_in_each_language() {
        for (rule, fact) in every_fact() {
            let text = write(7, &reading(rule, fact.clone()), 0, Locale::En).unwrap();
            let value: Value = serde_json::from_str(&text).unwrap();
            let kind = rule.split(':').next().unwrap();
            assert_eq!(value["type"], format!("planguard.notice.{kind}"), "the rule's kind is the type");
            let body = Body::read(7, &text).unwrap();
            assert_eq!(body.fact.as_ref(), Some(&fact));
            assert_eq!(body.text(Locale::En), body.sent());
            assert!(body.text(Locale::ZhHans).starts_with("应用 7："), "{rule}");
        }
    }

    #[test]
    fn what_another_version_told_is_shown_as_it_was_sent() {
        let text = r#"{"type": "planguard.notice.weather", "text": "It rains.", "data": {"sdk_app_id": 7, "mm": 3}}"#;
        assert_eq!(Body::read(7, text).unwrap().text(Locale::ZhHans), "It rains.");
    }
}
