//! Names of what the provider sells, by text id: price lists, editions, value-added services and their tiers.
//!
//! An id without a name here, such as one of an owner's own price list, is its own name.

use crate::model::catalog::{Edition, Service};
use crate::model::{CatalogId, EditionId, Locale, ServiceId};
use crate::words::format::Reader;

/// The name of an edition: `Premium`, `专业版`.
pub(crate) fn edition(reader: &Reader<'_>, id: &str) -> String {
    // Where no Chinese document names an edition, it keeps its English name in Chinese texts.
    let (english, chinese) = match id {
        "free" => ("Free", "Free 版"),
        "pro" => ("Pro", "Pro 版"),
        "ultimate" => ("Ultimate", "Ultimate 版"),
        "free_trial" => ("Free Trial", "体验版"),
        "standard" => ("Standard", "标准版"),
        "premium" => ("Premium", "进阶版"),
        "pro_plus" => ("Pro Plus", "Pro Plus 版"),
        "enterprise" => ("Enterprise", "企业版"),
        "trial" => ("Trial", "体验版"),
        "professional" => ("Professional", "专业版"),
        "flagship" => ("Flagship", "旗舰版"),
        _ => return id.to_owned(),
    };
    reader.pick(english, chinese).to_owned()
}

/// The name of a value-added service or plugin, in quotation marks.
pub(crate) fn service(reader: &Reader<'_>, id: &str) -> String {
    format!("“{}”", service_name(reader, id))
}

fn service_name<'a>(reader: &Reader<'_>, id: &'a str) -> &'a str {
    let (english, chinese) = match id {
        "unlimited_av_groups" => ("Unlimited audio-video groups", "扩展直播群（AvChatRoom）创建数量至无上限"),
        "members_per_group" => ("More members per group", "扩展单个群成员数上限"),
        "groups_per_user" => ("More groups per user", "扩展单个用户可加入群组数上限"),
        "history_retention" => ("Longer message history", "延长历史消息存储时长"),
        "audio_video_call" => ("Audio/video call", "音视频通话能力包"),
        "desk" => ("Desk", "在线客服插件"),
        "desk_agent" => ("Desk agent license", "加购座席许可"),
        "ai_chatbot_starter" => ("Starter AI Chatbot", "入门版智能机器人"),
        "ai_chatbot_premium" => ("Premium AI Chatbot", "进阶版智能机器人"),
        "ai_chatbot_messages" => ("AI Chatbot message package", "机器人消息抵扣包"),
        "call" => ("Call", "音视频通话能力 Call"),
        "push" => ("Push plugin", "推送插件（TIM Push）"),
        "cloud_search" => ("Cloud Search", "云端搜索"),
        _ => return id,
    };
    reader.pick(english, chinese)
}

/// The name of a tier of a service: `30 days`, `Group Call`.
pub(crate) fn tier(reader: &Reader<'_>, id: &str) -> String {
    if let Ok(days) = id.parse() {
        return reader.days(days);
    }
    match id {
        "free" => reader.pick("Free", "体验版"),
        "one_to_one" => reader.pick("1-to-1 Call", "1v1 通话版"),
        "group" => reader.pick("Group Call", "群组通话版"),
        _ => id,
    }
    .to_owned()
}

impl CatalogId {
    /// What the price list is called.
    pub fn name(&self, locale: Locale) -> String {
        let (english, chinese) = match self.as_str() {
            "intl-2022" => ("international price list of 2022", "2022 年国际站价目表"),
            "intl-2024" => ("international price list of 2024", "2024 年国际站价目表"),
            "intl-2026" => ("international price list of 2026", "2026 年国际站价目表"),
            "cn-dau" => ("price list of the Chinese site", "中国站价目表"),
            id => return id.to_owned(),
        };
        Reader::of(locale).pick(english, chinese).to_owned()
    }
}

impl EditionId {
    /// What the provider calls the edition: `Premium`, `专业版`. An id that planguard does not know is its own name.
    pub fn name(&self, locale: Locale) -> String {
        edition(&Reader::of(locale), self.as_str())
    }
}

impl ServiceId {
    /// What the provider calls the service: `Cloud Search`, `延长历史消息存储时长`. An id that planguard does not
    /// know is its own name.
    pub fn name(&self, locale: Locale) -> String {
        service_name(&Reader::of(locale), self.as_str()).to_owned()
    }
}

impl Edition {
    /// What its price list calls the edition in the reader's language.
    pub fn name_in(&self, locale: Locale) -> String {
        in_language(locale, self.local_name.as_deref(), &self.name, || self.id.name(locale))
    }
}

impl Service {
    /// What its price list calls the service in the reader's language.
    pub fn name_in(&self, locale: Locale) -> String {
        in_language(locale, self.local_name.as_deref(), &self.name, || self.id.name(locale))
    }
}

/// The price list's own name; in Chinese, where it has none, that of the id.
fn in_language(locale: Locale, local: Option<&str>, english: &str, known: impl Fn() -> String) -> String {
    match (locale, local) {
        (Locale::En, _) => english.to_owned(),
        (Locale::ZhHans, Some(local)) => local.to_owned(),
        (Locale::ZhHans, None) => known(),
    }
}
