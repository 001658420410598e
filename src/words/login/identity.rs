//! Warnings about user ids, without the ids.

use std::fmt;

use crate::decide::login::IdentityWarning;
use crate::model::Locale;
use crate::words::format::{Reader, number};

impl IdentityWarning {
    /// A fixed word for it, the same in every language.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ManyOnDevice { .. } => "many_on_device",
            Self::LooksGenerated => "looks_generated",
            Self::CaseOrSpace => "case_or_space",
            Self::Rejected => "rejected",
        }
    }

    /// What is wrong with how the app makes user ids, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(identity(&reader, *self))
    }
}

impl fmt::Display for IdentityWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, _] = identity(&Reader::of(Locale::En), *self);
        f.write_str(&first)
    }
}

fn identity(reader: &Reader<'_>, warning: IdentityWarning) -> [String; 2] {
    match warning {
        IdentityWarning::ManyOnDevice { users } => [
            reader.say(
                format!(
                    "{} logged in on this device this month",
                    reader.units(users, ["user", "different users"], "")
                ),
                format!("本月此设备上已有 {} 名不同用户登录", number(users)),
            ),
            reader.say(
                "if one person gets several user ids, each is billed as an active user",
                "如果同一个人使用多个用户 ID，每个都会计为一名活跃用户",
            ),
        ],
        IdentityWarning::LooksGenerated => [
            reader.say("the user id looks generated", "该用户 ID 疑似自动生成"),
            reader.say(
                "if it changes with every start, every start is billed as a new active user",
                "如果每次启动都会更换，每次启动都会计为一名新的活跃用户",
            ),
        ],
        IdentityWarning::CaseOrSpace => [
            reader.say(
                "the user id differs from an earlier one only in case, spaces or invisible characters",
                "该用户 ID 与先前的一个仅在大小写、空格或不可见字符上有差别",
            ),
            reader.say("the provider counts them as two users", "服务商会将其计为两名用户"),
        ],
        IdentityWarning::Rejected => [
            reader.say(
                "the user id cannot be used: it is empty, too long or holds a control character",
                "该用户 ID 无法使用：为空、过长或含有控制字符",
            ),
            reader.say(
                "ids that are cut to fit may collide; use a shorter, stable id",
                "截断后的 ID 可能重复，请改用更短且固定的 ID",
            ),
        ],
    }
}
