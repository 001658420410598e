//! The one call: a request as JSON, its answer as JSON.

use std::collections::BTreeMap;

use planguard::billing::{BillError, BillRequest, bill};
use planguard::decisions::{Decisions, read_json};
use planguard::time::Timestamp;
use planguard::{Feature, LimitId};
use serde_json::Value;

use crate::answer::{Written, explained, login, written};
use crate::bad::Bad;
use crate::catalog;
use crate::fields::{count, instant, list, named, text};
use crate::read;
use crate::terms::terms;

/// What is open.
#[derive(Default)]
pub struct Door {
    last: u64,
    open: BTreeMap<u64, Decisions>,
}

impl Door {
    /// Answers a request: `{"op": …}` and the operation's own fields. The answer is `{"ok": …}`, or `{"error": …}` with the
    /// field that is wrong and why.
    pub fn call(&mut self, request: &[u8]) -> String {
        let read = read_json(request).map_err(|error| Bad::new("", error));
        let answered = read.and_then(|request| self.answer(&request));
        match answered {
            Ok(answer) => format!("{{\"ok\":{answer}}}"),
            Err(bad) => format!("{{\"error\":{}}}", bad.to_json()),
        }
    }

    fn answer(&mut self, request: &Value) -> Written {
        match text(request, "op")? {
            "open" => self.open(request),
            "close" => written(&self.open.remove(&count(request, "on")?).is_some()),
            "bill" => bill_of(request),
            "catalog" => catalog::answer(request),
            op => {
                let on = self.open.get_mut(&count(request, "on")?);
                let on = on.ok_or_else(|| Bad::new("on", "these decisions were closed"))?;
                on_open(on, op, request)
            }
        }
    }

    fn open(&mut self, request: &Value) -> Written {
        let now = instant(request, "now")?;
        let decisions = Decisions::new(terms(request, now)?, now);
        self.last += 1;
        self.open.insert(self.last, decisions);
        written(&self.last)
    }
}

fn on_open(on: &mut Decisions, op: &str, request: &Value) -> Written {
    let now = instant(request, "now")?;
    match op {
        "feature" => {
            let decision = feature(on, request, now)?.decision();
            explained(&decision, &|locale| decision.explain(locale))
        }
        "explain_feature" => {
            let assessed = feature(on, request, now)?;
            explained(&assessed, &|locale| assessed.explain(locale))
        }
        "limit" => written(&on.entitlements(now).limit(named::<LimitId>(request, "limit")?)),
        "lifecycle" => {
            let lifecycle = on.lifecycle(now);
            explained(&lifecycle, &|locale| lifecycle.explain(locale))
        }
        "check" => {
            let verdict = on.assess(&read::action(&request["action"])?, now).verdict();
            explained(&verdict, &|locale| verdict.explain(locale))
        }
        "assess" => {
            let assessed = on.assess(&read::action(&request["action"])?, now);
            explained(&assessed, &|locale| assessed.explain(locale))
        }
        "login" => login(&on.login(&read::login(request)?, now)),
        "succeeded" => {
            let mau = on.succeeded(&read::user(request, "user")?, now).ok_or_else(unsent)?;
            explained(&mau, &|locale| mau.explain(locale))
        }
        "failed" => {
            let code = request["code"].as_i64().and_then(|code| i32::try_from(code).ok());
            let code =
                code.ok_or_else(|| Bad::new("code", "the provider's code, a whole number, belongs here"))?;
            let failure = on.failed(&read::user(request, "user")?, code, read::random(request)?, now);
            let failure = failure.ok_or_else(unsent)?;
            explained(&failure, &|locale| failure.explain(locale))
        }
        _ => changed(on, op, request, now).and_then(|()| written(&())),
    }
}

/// What changes what is known, and has no answer.
fn changed(on: &mut Decisions, op: &str, request: &Value, now: Timestamp) -> Result<(), Bad> {
    match op {
        "observe" => on.observe(&read::observation(&request["observation"])?, now),
        "record" => on.record(&read::action(&request["action"])?, now),
        "known_active" => {
            let users = list(request, "users")?.iter().map(read::user_id);
            on.known_active(&users.collect::<Result<Vec<_>, _>>()?, now);
        }
        "sent" => on.sent(&read::login(request)?, now),
        "session" => on.session(&read::user(request, "user")?, read::change(request)?, now),
        other => return Err(Bad::new("op", format_args!("no operation is called `{other}`"))),
    }
    Ok(())
}

fn feature(
    on: &Decisions,
    request: &Value,
    now: Timestamp,
) -> Result<planguard::features::FeatureAssessment, Bad> {
    let context = read::context(request)?;
    Ok(on.feature(named::<Feature>(request, "feature")?, &context, now))
}

fn unsent() -> Bad {
    Bad::new("user", "no login of this user is on its way; say `sent` before the chat SDK is called")
}

fn bill_of(request: &Value) -> Written {
    let wrong = |error: BillError| Bad::new("request", error);
    let bill =
        BillRequest::from_json(text(request, "request")?).and_then(|asked| bill(&asked)).map_err(wrong)?;
    explained(&bill, &|locale| bill.explain(locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_answered_or_says_which_field_is_wrong() {
        let mut door = Door::default();
        let mut ask = |request: &str| door.call(request.as_bytes());
        let open = r#"{"op":"open","sdkAppId":1400000001,"now":0,"fallback":{"catalog":"intl-2024","edition":"standard"}}"#;
        assert_eq!(ask(open), r#"{"ok":1}"#);
        let feature = ask(r#"{"op":"feature","on":1,"now":0,"feature":"community"}"#);
        assert!(feature.starts_with(r#"{"ok":{"feature":"community","granted":false,"#), "{feature}");
        let zones = ask(r#"{"op":"feature","on":1,"feature":"community"}"#);
        assert!(zones.starts_with(r#"{"error":{"field":"now","#), "{zones}");
        assert!(ask("{").starts_with(r#"{"error":{"field":"","#));
        assert_eq!(ask(r#"{"op":"close","on":1}"#), r#"{"ok":true}"#);
    }
}
