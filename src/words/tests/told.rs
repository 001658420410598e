//! What every text must keep to, whatever it is about.

use std::fmt::{Debug, Display};

use super::facts::{Facts, Voice};
use crate::client::Committed;
use crate::client::login::{ActiveUserEffect, LoginOutcome};
use crate::decide::bill::{Assumption, AssumptionId, Bill, BillLine, IncludedUsage};
use crate::decide::change::{ChangePreview, Comparison, LimitChange, NeedlessService, OverUse};
use crate::decide::forecast::{Forecast, LeftOut, Marginal};
use crate::decide::login::{Alternative, DeferReason, DenyReason, IdentityWarning, LoginWarning, Until};
use crate::decide::refund::Refund;
use crate::model::*;

/// A value with a text and what the text must say.
pub(crate) trait Told: Debug {
    fn facts(&self, voice: Voice<'_>) -> Facts;

    /// What else the line may say.
    fn in_line(&self) -> Facts {
        Facts::default()
    }

    /// The zone and time in which the text gives dates.
    fn voice<'a>(&'a self, voice: Voice<'a>) -> Voice<'a> {
        voice
    }
}

/// `explain`, which is an inherent method of each type.
pub(crate) trait Explains {
    fn explained(&self, locale: Locale) -> String;
}

macro_rules! explains {
    ($($type:ty),+ $(,)?) => {
        $(impl Explains for $type {
            fn explained(&self, locale: Locale) -> String {
                self.explain(locale)
            }
        })+
    };
}

explains!(
    Assumption,
    AssumptionId,
    Bill,
    BillLine,
    ChangePreview,
    Comparison,
    Forecast,
    IncludedUsage,
    LeftOut,
    LimitChange,
    Marginal,
    NeedlessService,
    OverUse,
    Refund,
    ActiveUserEffect,
    Alternative,
    Assessment,
    Committed,
    Condition,
    DeferReason,
    DenyReason,
    Evidence,
    FeatureAssessment,
    FeatureDecision,
    IdentityWarning,
    InvalidAction,
    Lifecycle,
    LimitCheck,
    LoginOutcome<&'static str>,
    LoginWarning,
    Remedy,
    Until,
    Verdict,
    VerdictReason,
);

/// Names that Chinese texts keep in English.
const NAMES: &[&str] = &["Pro Plus"];

/// Checks the texts of a value in both languages, and its line.
pub(crate) fn check<T: Told + Explains + Display>(value: &T) {
    for &locale in Locale::ALL {
        let voice = value.voice(Voice { locale, zone: None, now: None });
        let text = value.explained(locale);
        let why = |what: &str| format!("{what}\n{text}\n{value:?}");
        clean(&text, &why);
        figures(&text, value.facts(voice), &why);
        match locale {
            Locale::En => english(&text, &why),
            Locale::ZhHans => chinese(&text, &why),
        }
    }
    let why = |what: &str| format!("{what}\n{value}\n{value:?}");
    line(&value.to_string(), &why);
    let told = value.facts(Voice { locale: Locale::En, zone: None, now: None });
    figures(&value.to_string(), told.and(value.in_line()).optional(), &why);
}

/// No traces of the code, and nothing of a person.
fn clean(text: &str, why: &dyn Fn(&str) -> String) {
    for bad in [
        "{", "}", "_", "Some(", "None", "  ", "\n", "..", " .", " ,", "。。", "，，", "：：", ",,", ";.",
        ":.",
    ] {
        assert!(!text.contains(bad), "{}", why(&format!("`{bad}` in")));
    }
    for personal in ["abab", "171, 171", "redacted", "returned by the app"] {
        assert!(!text.contains(personal), "{}", why("names a person"));
    }
    assert_eq!(text.trim(), text, "{}", why("white space around"));
}

fn english(text: &str, why: &dyn Fn(&str) -> String) {
    assert!(text.ends_with('.') && text.is_ascii_but_for_quotes(), "{}", why("not English"));
    assert!(text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()), "{}", why("no capital"));
    let clauses =
        text.split(['(', ')', ';', ':']).flat_map(|part| part.split(". ")).flat_map(|part| part.split(", "));
    for clause in clauses {
        let words: Vec<&str> = words(clause).collect();
        for (at, first) in words.iter().enumerate() {
            if first.is_empty() || !first.bytes().all(|byte| byte.is_ascii_digit() || byte == b',') {
                continue;
            }
            // `1 net new group`: the noun may come after other words.
            let wrong = if *first == "1" { PLURALS } else { SINGULARS };
            let after = words[at + 1..].iter().take(4).take_while(|word| !STOPS.contains(word));
            for word in after {
                assert!(!wrong.contains(word), "{}", why(&format!("`{first} … {word}` in")));
            }
        }
    }
}

/// Words after which another noun begins.
const STOPS: &[&str] = &["of", "in", "per", "and", "more", "USD", "that", "this", "to", "a", "from"];
const PLURALS: &[&str] = &[
    "members",
    "friends",
    "groups",
    "communities",
    "days",
    "hours",
    "minutes",
    "features",
    "limits",
    "users",
    "contacts",
    "messages",
    "requests",
    "calls",
    "rooms",
];
const SINGULARS: &[&str] =
    &["member", "friend", "group", "community", "day", "hour", "minute", "feature", "limit", "user"];

fn chinese(text: &str, why: &dyn Fn(&str) -> String) {
    assert!(text.ends_with('。'), "{}", why("no full stop"));
    assert!(text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)), "{}", why("no Chinese"));
    let named = NAMES.iter().fold(text.to_owned(), |text, name| text.replace(name, "名"));
    let mut run = 0;
    for word in named.split_inclusive([' ', '，', '。', '、', '；', '：', '（', '）', '“', '”']) {
        let ascii = word.trim_end().bytes().all(|byte| byte.is_ascii_alphabetic()) && !word.trim().is_empty();
        run = if ascii { run + 1 } else { 0 };
        assert!(run < 3, "{}", why("an English sentence in"));
    }
    for (at, c) in text.char_indices() {
        let next = text[at + c.len_utf8()..].chars().next();
        let between_digits = next.is_some_and(|next| next.is_ascii_digit());
        let half =
            matches!(c, '(' | ')' | ';' | '?' | '!') || (matches!(c, ',' | '.' | ':') && !between_digits);
        assert!(!half, "{}", why(&format!("`{c}` of half width in")));
    }
    for mark in ['，', '。', '、', '；', '：', '（', '）'] {
        assert!(!text.contains(&format!(" {mark}")), "{}", why("a space before punctuation in"));
        assert!(!text.contains(&format!("{mark} ")), "{}", why("a space after punctuation in"));
    }
}

/// Every figure that must be there is, and no other digit.
fn figures(text: &str, facts: Facts, why: &dyn Fn(&str) -> String) {
    for must in &facts.must {
        assert!(says(text, must), "{}", why(&format!("`{must}` is missing in")));
    }
    let mut known: Vec<String> = facts.must.into_iter().chain(facts.may).collect();
    known.sort_by_key(|fact| std::cmp::Reverse(fact.len()));
    let rest = known
        .iter()
        .filter(|fact| !fact.is_empty())
        .fold(text.to_owned(), |rest, fact| rest.replace(fact, "#"));
    assert!(
        !rest.contains(|c: char| c.is_ascii_digit()),
        "{}",
        why(&format!("a figure of its own in `{rest}`:"))
    );
}

/// Whether a text holds a fact, and not as a part of a longer number.
fn says(text: &str, fact: &str) -> bool {
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    text.match_indices(fact).any(|(at, found)| {
        let (before, after) = (&text[..at], &text[at + found.len()..]);
        let starts = digit(found.chars().next());
        let ends = digit(found.chars().next_back());
        let part_before = digit(before.chars().next_back())
            || (before.ends_with([',', '.']) && digit(before.chars().rev().nth(1)));
        let part_after =
            digit(after.chars().next()) || (after.starts_with([',', '.']) && digit(after.chars().nth(1)));
        !(starts && part_before || ends && part_after)
    })
}

/// One short line in English.
fn line(text: &str, why: &dyn Fn(&str) -> String) {
    clean(text, why);
    assert!(!text.is_empty() && text.is_ascii_but_for_quotes(), "{}", why("not a line"));
    assert!(!text.ends_with('.'), "{}", why("a full stop at the end"));
    assert!(text.chars().count() <= 350, "{}", why("too long"));
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '.', ';', '(', ')', '“', '”']).map(|word| word.trim_end_matches(','))
}

trait AsciiButForQuotes {
    fn is_ascii_but_for_quotes(&self) -> bool;
}

impl AsciiButForQuotes for str {
    fn is_ascii_but_for_quotes(&self) -> bool {
        self.chars().all(|c| c.is_ascii() || matches!(c, '“' | '”'))
    }
}
