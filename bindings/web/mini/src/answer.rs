//! Answers as JSON: their own fields, and the same in sentences in every language.
//!
//! They are written as text at once. As values first, everything would be there twice.

use planguard::decisions::LoginAnswer;
use planguard::{Assessment, Locale, LoginOutcome, Remedy};
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

/// An answer with its ways out, each with its texts.
pub(crate) fn with_remedies(answer: String, all: &[Remedy]) -> Written {
    let mut listed = "[".to_owned();
    for remedy in all {
        if listed.len() > 1 {
            listed.push(',');
        }
        listed.push_str(&explained(remedy, &|locale| remedy.explain(locale))?);
    }
    listed.push(']');
    Ok(with(answer, "remedies", &listed))
}

pub(crate) fn assessment(assessment: &Assessment) -> Written {
    let answer = explained(assessment, &|locale| assessment.explain(locale))?;
    with_remedies(answer, &assessment.remedies())
}

pub(crate) fn login(answer: &LoginAnswer) -> Written {
    match answer {
        LoginAnswer::Execute(mau) => {
            let mau = explained(mau, &|locale| mau.explain(locale))?;
            Ok(with(r#"{"kind":"execute"}"#.to_owned(), "mau", &mau))
        }
        LoginAnswer::UnderWay => Ok(r#"{"kind":"under_way"}"#.to_owned()),
        LoginAnswer::Settled(outcome) => {
            let texts = |locale| outcome.explain(locale);
            match &**outcome {
                // Without the ways out: they come with their texts.
                LoginOutcome::Denied { reason, remedies, retry_at, evidence } => {
                    let bare = LoginOutcome::<()>::Denied {
                        reason: *reason,
                        remedies: Vec::new(),
                        retry_at: *retry_at,
                        evidence: *evidence,
                    };
                    with_remedies(explained(&bare, &texts)?.replacen("\"remedies\":[],", "", 1), remedies)
                }
                other => explained(other, &texts),
            }
        }
    }
}
