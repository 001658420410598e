//! Values that an app passed in and that cannot be used.

use super::words;
use crate::model::catalog::SubjectError;
use crate::model::{
    BadInstant, BadMonth, IdError, Locale, SdkVersionError, UnknownId, UnknownLocale, UnknownZone,
};
use crate::store::BadPermitId;
use crate::words::format::{Reader, number};

words! {
    IdError {
        ZeroApp => "zero_app",
        NotANumber => "not_a_number",
        Empty => "empty",
        TooLong => "too_long",
        Control => "control",
        Character => "character",
    }
}

words! {
    UnknownZone {
        NotAZone => "unknown_zone",
        NoDatabase => "no_zone_database",
    }
}

impl IdError {
    /// What is wrong with the id and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let parts = match self {
            Self::ZeroApp => [
                reader.say("0 is not an SDKAppID", "0 不是有效的 SDKAppID"),
                reader.say("copy the number from the provider's console", "请从服务商控制台复制该编号"),
            ],
            Self::NotANumber { field } => {
                let field = if *field == "sdk_app_id" { "SDKAppID" } else { field };
                [
                    reader.say(format!("the {field} is not a whole number"), format!("{field}不是整数")),
                    reader.say("copy the number from the provider's console", "请从服务商控制台复制该编号"),
                ]
            }
            Self::Empty { field } => {
                let id = id(&reader, field);
                [
                    reader.say(format!("the {id} is empty"), format!("{id}为空")),
                    reader.say("pass the id that your app uses", "请传入应用所使用的 ID"),
                ]
            }
            Self::TooLong { field, bytes, max } => {
                let (id, bytes, max) = (id(&reader, field), number(*bytes as u64), number(*max as u64));
                [
                    reader.say(
                        format!("the {id} has {bytes} bytes, and at most {max} are accepted"),
                        format!("{id}有{bytes}字节，最多允许{max}字节"),
                    ),
                    reader.say("use a shorter, stable id", "请使用更短且固定的 ID"),
                ]
            }
            Self::Control { field, at } => {
                let (id, at) = (id(&reader, field), number(*at as u64));
                [
                    reader.say(
                        format!("the {id} has a control character at byte {at}"),
                        format!("{id}的第{at}字节处有控制字符"),
                    ),
                    reader.say("remove it", "请将其删除"),
                ]
            }
            Self::Character { field, at, found } => {
                let (id, at) = (id(&reader, field), number(*at as u64));
                [
                    reader.say(
                        format!("the name of the {id} has the character “{found}” at byte {at}"),
                        format!("{id}名称的第{at}字节处有字符“{found}”"),
                    ),
                    reader.say(
                        "a name holds only small letters, digits, underscores and hyphens",
                        "名称只能包含小写字母、数字、下划线和连字符",
                    ),
                ]
            }
        };
        reader.sentences(parts)
    }
}

/// `user id`, for the field `user_id`.
fn id(reader: &Reader<'_>, field: &str) -> String {
    match field {
        "user_id" => reader.pick("user id", "用户 ID").to_owned(),
        "group_id" => reader.pick("group id", "群组 ID").to_owned(),
        other => reader.say(other.replace('_', " "), other.to_owned()),
    }
}

impl UnknownId {
    /// What is not known and what is, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let (field, value, known) = (self.noun(), &self.value, self.known.join(", "));
        reader.sentences([
            reader.say(
                format!("this version of planguard does not know the {field} “{value}”"),
                format!("此版本的 planguard 不认识“{value}”（{field}）"),
            ),
            reader.say(format!("it knows: {known}"), format!("可用的值：{known}")),
        ])
    }
}

impl UnknownLocale {
    /// Which language has no texts and which have, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let (tag, known) = (&self.tag, Locale::IDS.join(", "));
        reader.sentences([
            reader
                .say(format!("there are no texts in the language “{tag}”"), format!("没有“{tag}”语言的文本")),
            reader.say(format!("there are texts in: {known}"), format!("可用的语言：{known}")),
        ])
    }
}

/// Declares `explain` for a text that was to be something else.
macro_rules! not_a {
    ($($name:ty, $value:tt: $english:literal, $chinese:literal;)+) => {
        $(impl $name {
            /// What the text should be, in a sentence for a screen.
            pub fn explain(&self, locale: Locale) -> String {
                let (reader, value) = (Reader::of(locale), &self.$value);
                reader.sentences([reader.say(
                    format!(concat!("“{value}” is not ", $english), value = value),
                    format!(concat!("“{value}”不是", $chinese), value = value),
                )])
            }
        })+
    };
}

impl UnknownZone {
    /// What the text should be, or what the build lacks, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        match self {
            Self::NotAZone { text } => reader.sentences([reader.say(
                format!("“{text}” is not a time zone such as +08:00 or Asia/Shanghai"),
                format!("“{text}”不是时区，例如 +08:00 或 Asia/Shanghai"),
            )]),
            Self::NoDatabase { text } => reader.sentences([
                reader.say(
                    format!("“{text}” is not a fixed offset, and this app knows no time zones by name"),
                    format!("“{text}”不是固定偏移量，而此应用不支持按名称指定时区"),
                ),
                reader.say(
                    "pass an offset such as +08:00, or build planguard with its feature “zones”",
                    "请传入偏移量，例如 +08:00，或启用 planguard 的“zones”特性",
                ),
            ]),
        }
    }
}

impl BadPermitId {
    /// What is wrong with the text, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([
            reader.say("the text is not the id of a permit", "该文本不是预留的 ID"),
            reader.say("pass the text that the permit's id gave", "请传入预留的 ID 所给出的文本"),
        ])
    }
}

not_a! {
    BadMonth, text: "a month such as 2024-08", "月份，例如 2024-08";
    BadInstant, text: "a time such as 2024-08-01T00:00:00Z", "时间，例如 2024-08-01T00:00:00Z";
    SdkVersionError, value: "a version such as 5.8.1668", "版本号，例如 5.8.1668";
    SubjectError, 0: "a subject of a price list, such as catalog or edition:standard",
        "价目表的主题，例如 catalog 或 edition:standard";
}
