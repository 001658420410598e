//! Codes, refusals and failed logins.

use std::time::Duration;

use super::check::{self, Named, Sample, every};
use crate::client::login::{LoginFailure, ProviderError};
use crate::decide::login::{DenyReason, FailureClass};
use crate::decide::rejection::{CODES, classify};
use crate::model::catalog::BillingModel;
use crate::model::{Action, Advice, Locale, RejectionClass, RejectionContext, Remedy, Retry, Timestamp};

fn at() -> Timestamp {
    "2024-08-20T02:00:00Z".parse().unwrap()
}

/// Texts of words that have a fixed list of values and no line of their own.
fn named(all: impl Iterator<Item = (&'static str, String, String)>) {
    let mut english_texts = std::collections::BTreeSet::new();
    for (word, english, chinese) in all {
        assert!(english_texts.insert(english.clone()), "{word} reads like another: {english}");
        Sample { what: word.to_owned(), line: word.to_owned(), english, chinese, named: Vec::new() }.check();
    }
}

#[test]
fn every_code_has_its_meaning_in_both_languages() {
    for row in CODES {
        let sample = Sample {
            what: row.code.to_string(),
            line: row.code.to_string(),
            english: row.text.to_owned(),
            chinese: row.text_zh.to_owned(),
            named: Vec::new(),
        };
        sample.check();
        // A line holds it: it is one sentence.
        assert!(!row.text.contains(". ") && row.text_zh.matches('。').count() == 1, "{}", row.code);
        assert_eq!((row.meaning(Locale::En), row.meaning(Locale::ZhHans)), (row.text, row.text_zh));
        // The languages give the same figures.
        let figures = |text: &str| -> Vec<String> {
            let runs = text.split(|c: char| !c.is_ascii_digit() && c != ',');
            runs.map(|run| run.trim_matches(',').to_owned()).filter(|run| !run.is_empty()).collect()
        };
        let (mut english, mut chinese) = (figures(row.text), figures(row.text_zh));
        english.sort();
        chinese.sort();
        assert_eq!(english, chinese, "{}", row.code);
    }
}

#[test]
fn every_class_and_every_advice_has_a_sentence() {
    named(
        RejectionClass::ALL
            .iter()
            .map(|class| (class.as_str(), class.explain(Locale::En), class.explain(Locale::ZhHans))),
    );
    named(
        Advice::ALL
            .iter()
            .map(|advice| (advice.as_str(), advice.explain(Locale::En), advice.explain(Locale::ZhHans))),
    );
}

#[test]
fn every_retry_has_a_sentence() {
    every!(Retry {
        Retry::Never => Retry::Never, ["not|勿"];
        Retry::After(_) => Retry::After(Duration::from_secs(1234)), ["1,234 seconds|1,234 秒"];
        Retry::RenewCredential => Retry::RenewCredential, ["UserSig"];
        Retry::OnceThereIsRoom => Retry::OnceThereIsRoom, ["removed|清理"];
        Retry::OncePlanChanges => Retry::OncePlanChanges, ["plan|套餐"];
        Retry::AfterRunningCall => Retry::AfterRunningCall, ["running|正在执行"];
        Retry::OnceOutcomeIsKnown => Retry::OnceOutcomeIsKnown, ["no effect|没有生效"];
        Retry::OnceConnected => Retry::OnceConnected, ["network|网络"];
    });
}

#[test]
fn every_code_is_explained_as_a_refusal() {
    let unknown = [424_242, 0, 9508];
    for code in CODES.iter().map(|row| row.code).chain(unknown) {
        let call = Action::Call { group: false };
        let context = RejectionContext { action: Some(&call), ..RejectionContext::default() };
        let rejection = classify(code, check::SECRET, &context);
        let sample = Sample::new(&rejection, |locale| rejection.explain(locale), &[]);
        sample.check();
        let code = code.to_string();
        assert!(sample.english.contains(&code) && sample.chinese.contains(&code));
        assert!(sample.line.contains(&format!("({code})")), "{}", sample.line);
        assert!(sample.english.contains(rejection.text) && sample.chinese.contains(rejection.text_zh));
        let json = serde_json::to_value(&rejection).unwrap();
        assert_eq!(json["class"], rejection.class.as_str());
        assert!(!json.to_string().contains(check::SECRET));
    }
}

#[test]
fn a_refusal_reads_well() {
    let rejection = classify(10_037, "", &RejectionContext::default());
    assert_eq!(
        rejection.to_string(),
        "This user is in as many groups as the plan allows, created and joined together (10037)"
    );
    assert_eq!(
        classify(9520, "", &RejectionContext::default()).explain(Locale::En),
        "The provider gave no answer (code 9520). The request was sent, and no answer came in time; it may have taken \
         effect. Look whether it took effect before trying again."
    );
    assert_eq!(
        classify(60_020, "", &RejectionContext::default()).explain(Locale::ZhHans),
        "服务商拒绝了此操作（错误码 60020）。未购买套餐、套餐已到期或账户欠费；新购套餐约需 5 分钟生效。\
         聊天暂不可用，应用的运营方可以恢复。请至少等待 5 分钟，之后每次被拒绝都应等待更久。"
    );
}

#[test]
fn a_refusal_tells_a_person_what_they_can_do_and_not_how_to_develop_the_app() {
    for code in CODES.iter().map(|row| row.code).chain([424_242, 0, 9508]) {
        let rejection = classify(code, "", &RejectionContext::default());
        let english = rejection.explain(Locale::En);
        // The code's own meaning is the documents'.
        let said = english.replace(rejection.text, "");
        for word in ["SDK", "UserSig", "Show", "server", "Hide", "import"] {
            assert!(!said.contains(word), "{code}: {english}");
        }
        let chinese = rejection.explain(Locale::ZhHans).replace(rejection.text_zh, "");
        assert!(!chinese.contains("SDK") && !chinese.contains("请提示"), "{code}: {chinese}");
    }
}

#[test]
fn a_refusal_names_the_ways_out() {
    let mut rejection = classify(10_037, "", &RejectionContext::default());
    rejection.remedies = vec![Remedy::Sync, Remedy::ContactProvider];
    let sample = Sample::new(&rejection, |locale| rejection.explain(locale), &[&"Ways out:|解决办法："]);
    sample.check();
    for remedy in &rejection.remedies {
        assert!(sample.english.contains(&remedy.explain(Locale::En)), "{}", sample.english);
        assert!(sample.chinese.contains(&remedy.explain(Locale::ZhHans)), "{}", sample.chinese);
    }
    assert_eq!(serde_json::to_value(&rejection).unwrap()["remedies"].as_array().map(Vec::len), Some(2));
}

#[test]
fn every_class_of_a_failed_login_is_explained() {
    every!(FailureClass {
        FailureClass::RateLimited => FailureClass::RateLimited, ["wait|等待"];
        FailureClass::LockedOut => FailureClass::LockedOut, ["new_user_sig"];
        FailureClass::CredentialExpired => FailureClass::CredentialExpired, ["new_user_sig"];
        FailureClass::Permanent => FailureClass::Permanent, ["forget_failures"];
        FailureClass::QuotaUsedUp(_) => FailureClass::QuotaUsedUp(BillingModel::Mau), ["monthly|月活跃"];
        FailureClass::UsersFull => FailureClass::UsersFull, ["registered users|注册用户"];
        FailureClass::Suspended => FailureClass::Suspended, ["suspended|停用"];
        FailureClass::KickedOff => FailureClass::KickedOff, ["another device|另一台设备"];
        FailureClass::NotReady => FailureClass::NotReady, ["initialise|初始化"];
        FailureClass::InProgress => FailureClass::InProgress, ["busy|正在执行"];
        FailureClass::OutcomeUnknown => FailureClass::OutcomeUnknown, ["may have|可能"];
        FailureClass::NeverSent => FailureClass::NeverSent, ["never sent|没有发出"];
        FailureClass::AppFailed => FailureClass::AppFailed, ["own login call|自己的登录调用"];
        FailureClass::TimedOut => FailureClass::TimedOut, ["in time|及时"];
        FailureClass::Other => FailureClass::Other, ["refused|拒绝"];
    });
    let daily = FailureClass::QuotaUsedUp(BillingModel::DauPeakGroups);
    Sample::new(&daily, |locale| daily.explain(locale), &[&"daily|日活跃"]).check();
}

fn failure(code: i32, retry_at: Option<Timestamp>) -> LoginFailure<ProviderError> {
    let source = Some(ProviderError { code, message: check::SECRET.to_owned() });
    LoginFailure { class: FailureClass::of(code), code, retry_at, source }
}

#[test]
fn every_code_is_explained_as_a_failed_login() {
    for code in CODES.iter().map(|row| row.code).chain([424_242, 0, 9508]) {
        for retry_at in [None, Some(at())] {
            let failure = failure(code, retry_at);
            let sample = Sample::new(&failure, |locale| failure.explain(locale), &[]);
            sample.check();
            assert_eq!(sample.english.contains("20 August 2024, 02:00"), retry_at.is_some());
            assert_eq!(sample.line.contains("not before 2024-08-20T02:00:00Z"), retry_at.is_some());
            if code != 0 {
                let code = code.to_string();
                assert!(
                    [&sample.line, &sample.english, &sample.chinese].iter().all(|text| text.contains(&code))
                );
            }
            let json = serde_json::to_value(&failure).unwrap();
            assert!(!json.to_string().contains(check::SECRET));
        }
    }
}

#[test]
fn a_failed_login_says_what_the_code_means_and_what_to_do() {
    for (code, line) in [
        (6206, "login: the UserSig has expired (6206); get a new UserSig, call new_user_sig, log in again"),
        (
            70_013,
            "login: the UserSig was made for another user (70013); fix how the app's server makes the UserSig, call \
             new_user_sig with a new one, log in again",
        ),
        (9508, "login: no answer came, and the login may have succeeded (9508); ask again"),
        (
            424_242,
            "login: the provider refused the login (424242); ask again later, and report the code if it persists",
        ),
    ] {
        assert_eq!(failure(code, None).to_string(), line);
    }
    assert_eq!(
        failure(6206, None).explain(Locale::ZhHans),
        "登录失败（错误码 6206）。UserSig 已过期。请获取新的 UserSig，调用 new_user_sig，然后重新登录。"
    );
    let broken: LoginFailure<ProviderError> =
        LoginFailure { class: FailureClass::AppFailed, code: 0, retry_at: None, source: None };
    assert_eq!(
        broken.explain(Locale::En),
        "The login failed. The app's own login call failed before the chat SDK answered, and the login may have \
         succeeded. Ask again, and report it to whoever maintains the app if it persists."
    );
    let timed_out: LoginFailure<ProviderError> =
        LoginFailure { class: FailureClass::TimedOut, code: 0, retry_at: None, source: None };
    assert_eq!(
        timed_out.to_string(),
        "login: no answer came in time, and the login may have succeeded; ask again"
    );
}

#[test]
fn a_denied_login_says_what_the_code_of_the_last_one_meant() {
    let denied = |code| DenyReason::Permanent { code }.explain(Locale::En);
    assert_eq!(
        denied(70_013),
        "The provider refused the login for good, code 70013. The UserSig was made for another user. It cannot be \
         solved here; report the code to whoever runs the app."
    );
    assert!(denied(424_242).ends_with("Trying again does not help."));
    let waiting = DenyReason::BackingOff { code: 72_010 }.explain(Locale::ZhHans);
    assert!(waiting.contains("过于频繁"), "{waiting}");
}

#[test]
fn a_providers_error_is_explained_without_its_text() {
    let error = ProviderError { code: 70_001, message: check::SECRET.to_owned() };
    Sample {
        what: String::new(),
        line: error.to_string(),
        english: error.explain(Locale::En),
        chinese: error.explain(Locale::ZhHans),
        named: ["70001", "UserSig"].map(|name| Named::both(&name)).into(),
    }
    .check();
}
