//! What holds for every text.

use std::collections::BTreeSet;
use std::fmt;

use crate::model::{CatalogId, EditionId, LimitId, Locale, ServiceId};
use crate::words::format::capital;

/// A user id that no text may show.
pub(super) const SECRET: &str = "ada.lovelace";

/// Methods that a text tells the app to call.
const METHODS: &[&str] = &["new_user_sig", "forget_failures"];

/// What a text must name, in both languages.
pub(super) trait Named {
    fn both(&self) -> [String; 2];
}

/// `english|chinese` where the languages differ.
impl Named for str {
    fn both(&self) -> [String; 2] {
        let (english, chinese) = self.split_once('|').unwrap_or((self, self));
        [english.to_owned(), chinese.to_owned()]
    }
}

impl Named for &str {
    fn both(&self) -> [String; 2] {
        (**self).both()
    }
}

macro_rules! named {
    ($($name:ty),+) => {
        $(impl Named for $name {
            fn both(&self) -> [String; 2] {
                [self.name(Locale::En).to_owned(), self.name(Locale::ZhHans).to_owned()]
            }
        })+
    };
}

named!(CatalogId, EditionId, ServiceId, LimitId);

/// A value with its texts and what they must name.
pub(super) struct Sample {
    pub(super) what: String,
    pub(super) line: String,
    pub(super) english: String,
    pub(super) chinese: String,
    pub(super) named: Vec<[String; 2]>,
}

impl Sample {
    pub(super) fn new(
        value: &(impl fmt::Debug + fmt::Display),
        explain: impl Fn(Locale) -> String,
        named: &[&dyn Named],
    ) -> Self {
        let named = named.iter().map(|name| name.both()).collect();
        let (english, chinese) = (explain(Locale::En), explain(Locale::ZhHans));
        Self { what: format!("{value:?}"), line: value.to_string(), english, chinese, named }
    }

    pub(super) fn check(&self) {
        self.line();
        self.english();
        self.chinese();
        for [english, chinese] in &self.named {
            // The first word of a sentence has a capital letter.
            let found = self.english.contains(english) || self.english.contains(&capital(english));
            assert!(found, "{english}: {}", self.english);
            assert!(self.chinese.contains(chinese), "{chinese}: {}", self.chinese);
        }
        for text in [&self.line, &self.english, &self.chinese] {
            assert!(!text.contains(SECRET), "{text}");
            for code in ["Some(", "None", "Ok(", "Err(", "::", "{", "}", "  "] {
                assert!(!text.contains(code), "{code} in {text}\n{}", self.what);
            }
        }
    }

    fn line(&self) {
        let line = &self.line;
        assert!(!line.is_empty() && !line.contains('\n') && !line.ends_with('.'), "{line}");
        assert!(!line.chars().any(is_ideograph), "{line}");
    }

    fn english(&self) {
        let text = &self.english;
        assert!(text.ends_with('.') && !text.contains(".."), "{text}");
        assert!(!text.chars().any(is_ideograph), "{text}");
        assert!(!text.contains('\n'), "{text}");
        self.no_identifiers(text);
    }

    fn chinese(&self) {
        let text = &self.chinese;
        assert!(text.ends_with('。') && !text.contains("。。"), "{text}");
        assert!(text.chars().any(is_ideograph), "{text}");
        self.no_identifiers(text);
        // What is left without the names of things must be Chinese.
        let mut rest = text.clone();
        for [_, chinese] in &self.named {
            rest = rest.replace(chinese, "");
        }
        let longest = rest.split(|c: char| !(c.is_ascii_alphabetic() || c == ' ' || c == '\''));
        let words = longest.map(|run| run.split_whitespace().count()).max().unwrap_or(0);
        assert!(words <= 2, "{words} English words in a row: {text}");
        assert!(!rest.contains(", ") && !rest.contains(". "), "English punctuation: {text}");
    }

    /// No word of the code, unless it is what the text is about or tells to call.
    fn no_identifiers(&self, text: &str) {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        for word in words.filter(|word| word.contains('_')) {
            let named =
                self.named.iter().flatten().any(|name| name.contains(word)) || METHODS.contains(&word);
            assert!(named, "`{word}` in {text}");
        }
    }
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// As JSON a value says what it is, and shows no user.
pub(super) fn json(value: &impl serde::Serialize) {
    let json = serde_json::to_value(value).unwrap();
    assert!(json["kind"].is_string() || json.is_string(), "{json}");
    assert!(!json.to_string().contains("abab"), "{json}");
}

/// The words of an enum are stable: lower case, and each of one variant.
pub(super) fn words(all: &[&'static str]) {
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "{all:?}");
    for word in all {
        assert!(word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{word}");
    }
}

/// One sample for each variant, with what its texts must name. Does not compile where a variant has none.
macro_rules! every {
    ($name:ty { $($pattern:pat => $sample:expr, [$($named:expr),*];)+ }) => {{
        #[allow(dead_code, reason = "it is compiled, which is the check")]
        fn none_is_missing(value: &$name) {
            match value { $($pattern => {})+ }
        }
        $({
            let sample: $name = $sample;
            assert!(matches!(&sample, $pattern), "{sample:?}");
            $crate::words::error::tests::check::Sample::new(&sample, |locale| sample.explain(locale), &[$(&$named),*])
                .check();
            $crate::words::error::tests::check::json(&sample);
        })+
        $crate::words::error::tests::check::words(&[$({
            let sample: $name = $sample;
            sample.as_str()
        }),+]);
    }};
}

pub(super) use every;
