//! Answers as JSON: their own fields, and the same in sentences in every language.
//!
//! They are written as text at once. As values first, everything would be there twice.

use planguard::decisions::LoginAnswer;
use planguard::time::Timestamp;
use planguard::{Locale, LoginOutcome};
use serde::Serialize;

use crate::bad::Bad;

/// JSON that is written already.
pub(crate) type Written = Result<String, Bad>;

/// Anything as JSON.
pub(crate) fn written(answer: &impl Serialize) -> Written {
    serde_json::to_string(answer).map_err(|error| Bad::new("", error))
}

/// `object` with one more field.
fn with(mut object: String, name: &str, value: &str) -> String {
    if object.pop() == Some('}') && !object.ends_with('{') {
        object.push(',');
    }
    for part in ["\"", name, "\":", value, "}"] {
        object.push_str(part);
    }
    object
}

/// An answer with its `explanation`.
pub(crate) fn explained(answer: &impl Serialize, explain: &dyn Fn(Locale) -> String) -> Written {
    explain_it(written(answer)?, explain)
}

fn explain_it(answer: String, explain: &dyn Fn(Locale) -> String) -> Written {
    let mut texts = "{}".to_owned();
    for (name, locale) in [("en", Locale::En), ("zh_hans", Locale::ZhHans)] {
        texts = with(texts, name, &written(&explain(locale))?);
    }
    Ok(with(answer, "explanation", &texts))
}

pub(crate) fn login(answer: &LoginAnswer) -> Written {
    match answer {
        LoginAnswer::Execute(mau) => {
            let mau = explained(mau, &|locale| mau.explain(locale))?;
            Ok(with(r#"{"kind":"execute"}"#.to_owned(), "mau", &mau))
        }
        LoginAnswer::UnderWay => Ok(r#"{"kind":"under_way"}"#.to_owned()),
        LoginAnswer::AlreadyLoggedIn => {
            let outcome = LoginOutcome::<()>::AlreadyLoggedIn;
            told("already_logged_in", &[], &outcome)
        }
        LoginAnswer::Deferred { reason, until, alternative } => {
            let fields = [
                ("reason", written(reason)?),
                ("until", written(until)?),
                ("alternative", written(alternative)?),
            ];
            let (reason, until, alternative) = (*reason, *until, *alternative);
            told("deferred", &fields, &LoginOutcome::Deferred { reason, until, alternative })
        }
        LoginAnswer::Denied { reason, retry_at, evidence } => {
            let fields = [
                ("reason", written(reason)?),
                ("retry_at_ms", written(&retry_at.map(Timestamp::as_millis))?),
                ("evidence", written(evidence)?),
            ];
            let (reason, retry_at, evidence) = (*reason, *retry_at, *evidence);
            told(
                "denied",
                &fields,
                &LoginOutcome::Denied { reason, remedies: Vec::new(), retry_at, evidence },
            )
        }
    }
}

fn told(kind: &str, fields: &[(&str, String)], outcome: &LoginOutcome<()>) -> Written {
    let mut answer = with("{}".to_owned(), "kind", &written(&kind)?);
    for (name, value) in fields {
        answer = with(answer, name, value);
    }
    explain_it(answer, &|locale| outcome.explain(locale))
}
