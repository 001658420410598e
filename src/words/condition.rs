//! Texts on the conditions of a feature.

use std::fmt;

use crate::model::{Condition, GroupType, IdSet, Locale, Platform, SdkVariant};
use crate::words::format::{Reader, number};

impl Condition {
    /// What must hold, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([condition(&reader, self)])
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&condition(&Reader::of(Locale::En), self))
    }
}

pub(crate) fn condition(reader: &Reader<'_>, condition: &Condition) -> String {
    match condition {
        Condition::Platforms { platforms } => {
            let on = platforms_of(reader, *platforms);
            reader.say(format!("only on {on}"), format!("仅支持{on}"))
        }
        Condition::MinSdk { platforms, version, variant } => {
            let on = platforms_of(reader, *platforms);
            let variant = |open, close| match variant.as_ref().map(SdkVariant::as_str) {
                Some("enhanced") => format!("{open}{}{close}", reader.pick("enhanced", "增强版")),
                Some(other) => format!("{open}{other}{close}"),
                None => String::new(),
            };
            reader.say(
                format!("chat SDK {version}{} or later on {on}", variant(" (", ")")),
                format!("需{on} SDK {version}{}及以上版本", variant("（", "）")),
            )
        }
        Condition::GroupTypes { group_types } => {
            let names: Vec<String> =
                group_types.iter().map(|kind: GroupType| kind.name(reader.locale).to_owned()).collect();
            let names = reader.list(&names);
            reader.say(format!("only in {names}"), format!("仅适用于{names}"))
        }
        Condition::MaxGroupSize { members } => reader.say(
            format!("only in groups of up to {}", reader.units(*members, ["member", "members"], "名")),
            format!("仅适用于成员数不超过 {} 名的群", number(*members)),
        ),
        Condition::ConsoleSwitch {} => {
            reader.say("to be switched on in the provider's console", "需在控制台开通")
        }
    }
}

fn platforms_of(reader: &Reader<'_>, platforms: IdSet<Platform>) -> String {
    let names: Vec<String> =
        platforms.iter().map(|platform| platform.name(reader.locale).to_owned()).collect();
    reader.list(&names)
}
