//! Texts on what the guard reports without being asked. They name no user and no pseudonym.

use std::fmt;

use crate::client::{Event, Lagged};
use crate::decide::login::LoginIntent;
use crate::model::{ClockJump, Evidence, Finding, LimitId, Locale};
use crate::words::check::{Figures, figures};
use crate::words::format::{Reader, capital, number, percent};
use crate::words::login_failure;
use crate::words::rejection::meaning;

/// How many findings a text names.
const NAMED_FINDINGS: usize = 3;

impl Event {
    /// A fixed word for what happened.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::EntitlementsChanged { .. } => "entitlements_changed",
            Self::DocumentFindings(_) => "document_findings",
            Self::LimitWarning { .. } => "limit_warning",
            Self::LimitDenied { .. } => "limit_denied",
            Self::Rejected { .. } => "rejected",
            Self::SyncWanted => "sync_wanted",
            Self::SyncFailed { .. } => "sync_failed",
            Self::ClockJumped(_) => "clock_jumped",
            Self::StoreSetAside(_) => "store_set_aside",
            Self::StoreFailed { .. } => "store_failed",
            Self::StoreRecovered { .. } => "store_recovered",
            Self::ActiveUserCounted { .. } => "active_user_counted",
            Self::LoginExecuted { .. } => "login_executed",
            Self::LoginDeferred { .. } => "login_deferred",
            Self::LoginFailed { .. } => "login_failed",
            Self::LoginLoopBroken { .. } => "login_loop_broken",
            Self::IdentityChurn(_) => "identity_churn",
            Self::UsageEventsRefused { .. } => "usage_events_refused",
            Self::OutboxDropped { .. } => "outbox_dropped",
        }
    }

    /// What happened, in sentences for a screen. Dates are in UTC. It names no user.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let and = reader.pick(" ", "");
        match self {
            Self::LoginFailed { class, code, retry_at, .. } => {
                login_failure::sentences(locale, *class, *code, *retry_at)
            }
            Self::Rejected { code, class } => {
                format!(
                    "{}{and}{}",
                    reader.sentences([refused(&reader, *code)]),
                    meaning(*code, *class, locale)
                )
            }
            Self::LoginExecuted { intent, effect, .. } => {
                format!("{}{and}{}", reader.sentences([succeeded(&reader, *intent)]), effect.explain(locale))
            }
            Self::LoginDeferred { intent, reason, .. } => {
                format!("{}{and}{}", reader.sentences([put_off(&reader, *intent)]), reason.explain(locale))
            }
            Self::IdentityChurn(warning) => warning.explain(locale),
            _ => reader.sentences(clauses(&reader, self)),
        }
    }
}

/// What happened, in a line.
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        match self {
            Self::LoginFailed { class, code, retry_at, .. } => {
                write!(f, "a login failed: {}", login_failure::line(*class, *code, *retry_at))
            }
            Self::Rejected { code, class } => {
                let meaning = meaning(*code, *class, Locale::En);
                let meaning = login_failure::uncapital(meaning.trim_end_matches('.'));
                write!(f, "{}: {meaning}", refused(&reader, *code))
            }
            Self::LoginExecuted { intent, effect, .. } => {
                write!(f, "{}: {effect}", succeeded(&reader, *intent))
            }
            Self::LoginDeferred { intent, reason, .. } => {
                write!(f, "{}: {reason}", put_off(&reader, *intent))
            }
            Self::IdentityChurn(warning) => fmt::Display::fmt(warning, f),
            _ => f.write_str(clauses(&reader, self).first().map_or("", String::as_str)),
        }
    }
}

fn succeeded(reader: &Reader<'_>, intent: LoginIntent) -> String {
    let intent = asked(reader, intent);
    reader.say(format!("a login succeeded ({intent})"), format!("登录成功（{intent}）"))
}

fn put_off(reader: &Reader<'_>, intent: LoginIntent) -> String {
    let intent = asked(reader, intent);
    reader.say(format!("a login was put off ({intent})"), format!("登录已推迟（{intent}）"))
}

fn refused(reader: &Reader<'_>, code: i32) -> String {
    reader.say(
        format!("a call to the provider failed (code {code})"),
        format!("对服务商的调用失败（错误码 {code}）"),
    )
}

/// What happened and what follows from it, in clauses without a full stop.
fn clauses(reader: &Reader<'_>, event: &Event) -> Vec<String> {
    let pick = |english: &str, chinese: &str| reader.pick(english, chinese).to_owned();
    match event {
        Event::EntitlementsChanged { revision: Some(revision), .. } => {
            vec![reader.say(
                format!("the plan's terms are those of revision {revision} of the entitlements now"),
                format!("套餐条款现以权益文档第{revision}版为准"),
            )]
        }
        Event::EntitlementsChanged { revision: None, .. } => vec![pick(
            "the plan's terms are known without an entitlements document, from the fallback",
            "尚无权益文档，套餐条款以预设的版本为准",
        )],
        Event::DocumentFindings(findings) => document_findings(reader, findings),
        Event::LimitWarning { limit, threshold, evidence, .. } => vec![
            nearly(reader, *threshold, &figures(reader, &used(*limit, evidence, None))),
            reader.say(
                format!("that is {} of the limit or more", percent(*threshold)),
                format!("已达到上限的{}或更多", percent(*threshold)),
            ),
        ],
        Event::LimitDenied { limit, requested, evidence, .. } => vec![reader.say(
            format!(
                "an action does not fit a limit of the plan: {}",
                figures(reader, &used(*limit, evidence, Some(*requested)))
            ),
            format!("操作超出套餐上限：{}", figures(reader, &used(*limit, evidence, Some(*requested)))),
        )],
        Event::SyncWanted => vec![pick(
            "a refusal of the provider puts what is known of the plan in doubt; sync soon",
            "服务商的一次拒绝使当前的套餐信息存疑，请尽快同步",
        )],
        Event::SyncFailed { error } => vec![
            error.explain(reader.locale).trim_end_matches(['.', '。']).to_owned(),
            pick("the last good entitlements stay", "继续使用最近一次有效的权益"),
        ],
        Event::ClockJumped(jump) => vec![clock(reader, *jump)],
        Event::StoreSetAside(_) => vec![
            pick("the store was damaged, and a new one was started", "存储已损坏，已启用新的存储"),
            pick(
                "counts of this install begin anew; the next sync brings the endpoint's figures back",
                "本安装的计数重新开始，下次同步将取回权益接口的数据",
            ),
        ],
        Event::StoreFailed { .. } => vec![pick(
            "the store failed; planguard goes on in memory and writes what it kept once the store is back",
            "存储发生故障，planguard 暂在内存中运行，存储恢复后将补写数据",
        )],
        Event::StoreRecovered { replayed, dropped } => {
            let (written, lost) = (number(*replayed), number(*dropped));
            vec![reader.say(
                format!("the store is back: {written} writes were kept and are written, {lost} are lost"),
                format!("存储已恢复：补写{written}条，丢失{lost}条"),
            )]
        }
        Event::ActiveUserCounted { new_in_month, new_on_day, .. } => {
            vec![counted(reader, *new_in_month, *new_on_day)]
        }
        Event::LoginLoopBroken { until, .. } => {
            let until = reader.instant(*until);
            vec![reader.say(
                format!(
                    "one user is logged in over and over, so no login of this user is made before {until}"
                ),
                format!("同一用户反复登录，在{until}之前不再执行该用户的登录"),
            )]
        }
        Event::UsageEventsRefused { count } => {
            let events = reader.units(*count, ["usage event", "usage events"], "条用量事件");
            vec![reader.say(
                format!("the billing endpoint can never accept {events}, which {} dropped", was(*count)),
                format!("权益接口无法接受{events}，已丢弃"),
            )]
        }
        Event::OutboxDropped { count } => {
            let events = reader.units(*count, ["usage event", "usage events"], "条用量事件");
            vec![reader.say(
                format!("{events} {} dropped, because too many wait to be delivered", was(*count)),
                format!("待上报的用量事件过多，已丢弃{events}"),
            )]
        }
        // These have texts of their own.
        Event::LoginFailed { .. }
        | Event::Rejected { .. }
        | Event::LoginExecuted { .. }
        | Event::LoginDeferred { .. }
        | Event::IdentityChurn(_) => Vec::new(),
    }
}

const fn was(count: u64) -> &'static str {
    if count == 1 { "was" } else { "were" }
}

fn document_findings(reader: &Reader<'_>, findings: &[Finding]) -> Vec<String> {
    // A pointer to nothing in particular is to the whole: the copy that was kept.
    let (whole, findings): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.field.is_empty());
    let mut sentences = Vec::new();
    if !whole.is_empty() {
        let english = "the copy of the plan that was kept on this device cannot be used and was passed over; sync to \
                       fetch the plan again";
        let chinese = "本设备保存的权益文档无法使用，已不予采用，请同步以重新获取";
        sentences.push(reader.pick(english, chinese).to_owned());
    }
    if !findings.is_empty() {
        sentences.extend(entries(reader, &findings));
    }
    sentences
}

fn entries(reader: &Reader<'_>, findings: &[&Finding]) -> [String; 2] {
    let count = number(u64::try_from(findings.len()).unwrap_or(u64::MAX));
    let fields = findings.iter().take(NAMED_FINDINGS).map(|finding| finding.field.clone());
    let mut fields: Vec<String> = fields.collect();
    if findings.len() > NAMED_FINDINGS {
        fields.push(reader.pick("others", "其他").to_owned());
    }
    let fields = reader.list(&fields);
    [
        match findings.len() {
            1 => reader.say(
                format!("an entry of the entitlements document cannot be used: {fields}"),
                format!("权益文档中有{count}项内容无法使用：{fields}"),
            ),
            _ => reader.say(
                format!("{count} entries of the entitlements document cannot be used: {fields}"),
                format!("权益文档中有{count}项内容无法使用：{fields}"),
            ),
        },
        reader.pick("the rest of the document is not affected", "文档的其余内容不受影响").to_owned(),
    ]
}

/// `a limit is nearly reached: 480 of 500 groups of the user`.
fn nearly(reader: &Reader<'_>, threshold: u8, figures: &str) -> String {
    if threshold >= 100 {
        reader.say(format!("a limit is reached: {figures}"), format!("已达到上限：{figures}"))
    } else {
        reader.say(format!("a limit is nearly reached: {figures}"), format!("即将达到上限：{figures}"))
    }
}

fn used(limit: LimitId, evidence: &Evidence, asked: Option<u64>) -> Figures {
    let Evidence { max, used, reserved, .. } = *evidence;
    let room = max.and_then(|max| max.room(used.saturating_add(reserved)));
    let asked = asked.map(|asked| (asked, room.map_or(asked, |room| room.min(asked))));
    Figures { limit, used, reserved, max, asked }
}

fn clock(reader: &Reader<'_>, jump: ClockJump) -> String {
    let (from, to) = (reader.moment(jump.from), reader.moment(jump.to));
    reader.say(format!("the clock jumped from {from} to {to}"), format!("时钟从{from}跳到了{to}"))
}

fn counted(reader: &Reader<'_>, month: bool, day: bool) -> String {
    let (english, chinese) = match (month, day) {
        (true, true) => (
            "a user became active for the first time in this month and on this day",
            "一名用户在本月和当日首次活跃",
        ),
        (true, false) => ("a user became active for the first time in this month", "一名用户在本月首次活跃"),
        (false, true) => ("a user became active for the first time on this day", "一名用户在当日首次活跃"),
        (false, false) => ("a user is active who was counted before", "一名已计入的用户再次活跃"),
    };
    reader.pick(english, chinese).to_owned()
}

/// Why a login was asked for.
fn asked(reader: &Reader<'_>, intent: LoginIntent) -> &'static str {
    let (english, chinese) = match intent {
        LoginIntent::OpenChat => ("a person opened chat", "用户打开了聊天"),
        LoginIntent::AppLaunch => ("the app was started", "应用启动"),
        LoginIntent::Reconnect => ("the network came back", "网络恢复"),
        LoginIntent::PushWake => ("a push message woke the app", "推送唤醒了应用"),
        LoginIntent::Prefetch => ("data was wanted ahead of time", "预先获取数据"),
        LoginIntent::ViewOnly => ("somebody only watches a group", "仅观看群组"),
        LoginIntent::RenewUserSig => ("the UserSig was renewed", "更新了 UserSig"),
        LoginIntent::AfterKick { confirmed: true } => {
            ("a person confirmed the login after a kick", "被踢下线后用户确认重新登录")
        }
        LoginIntent::AfterKick { confirmed: false } => {
            ("after a kick, without a person's consent", "被踢下线后，未经用户确认")
        }
    };
    reader.pick(english, chinese)
}

impl Lagged {
    /// What was lost, in a sentence for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let events = reader.units(self.0, ["event", "events"], "个事件");
        reader.sentences([reader.say(
            format!("the reader of events fell behind and lost {events}; read them more often"),
            format!("事件读取过慢，丢失了{events}，请更频繁地读取"),
        )])
    }
}

impl Finding {
    /// Which entry of the document cannot be used, in sentences for a screen. The details are in English: they are for
    /// whoever runs the endpoint.
    pub fn explain(&self, locale: Locale) -> String {
        let field = &self.field;
        match locale {
            Locale::En => format!("{field}: {}. {}.", self.problem, capital(&self.remedy)),
            Locale::ZhHans => Reader::of(locale).sentences([
                format!("权益文档中的 {field} 无法使用"),
                "请更正权益接口返回的文档，或更新应用".to_owned(),
            ]),
        }
    }
}

/// Which entry of the document cannot be used, and why, in a line.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.field, self.problem, self.remedy)
    }
}

impl ClockJump {
    /// What happened to the time, in a sentence for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences([clock(&reader, *self)])
    }
}

/// What happened to the time, in a line.
impl fmt::Display for ClockJump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clock(&Reader::of(Locale::En), *self))
    }
}
