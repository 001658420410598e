//! Texts on whether an action fits the plan.

use std::fmt;
use std::time::Duration;

use crate::model::{
    Assessment, Decision, GroupType, InvalidAction, LimitCheck, LimitStatus, Locale, Timestamp, Verdict,
    VerdictReason,
};
use crate::words::check::{self, Figures, Freshness};
use crate::words::format::Reader;
use crate::words::{names, plan};

impl InvalidAction {
    /// What is wrong with the action, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(invalid(&reader, *self))
    }
}

impl fmt::Display for InvalidAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, _] = invalid(&Reader::of(Locale::En), *self);
        f.write_str(&first)
    }
}

fn invalid(reader: &Reader<'_>, reason: InvalidAction) -> [String; 2] {
    match reason {
        InvalidAction::PeerIsUser => [
            reader.say("a user cannot be their own friend", "用户不能将自己作为好友"),
            reader.say("choose another user", "请选择其他用户"),
        ],
    }
}

impl VerdictReason {
    /// Why the action was decided as it was, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(reason(&reader, self))
    }
}

impl fmt::Display for VerdictReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        f.write_str(&reader.line(reason(&reader, self)))
    }
}

/// The sentences of a reason, the most important one first.
fn reason(reader: &Reader<'_>, reason: &VerdictReason) -> Vec<String> {
    let service = |id: &crate::model::ServiceId| names::service(reader, id.as_str());
    vec![match reason {
        VerdictReason::WithinLimits => reader.say("this fits the plan", "未超出套餐上限"),
        VerdictReason::UsageUnknown => reader.say(
            "by what was counted here this fits the plan, but how much is used was never reported",
            "按本机统计未超出套餐上限，但实际用量从未上报",
        ),
        VerdictReason::NearLimit => reader.say("a limit is nearly reached", "即将达到上限"),
        VerdictReason::LimitReached => reader.say("a limit is reached", "已达到上限"),
        VerdictReason::StoreLost => reader.say(
            "the shared store cannot be reached, and no more may be granted until it is back",
            "无法连接共享存储，恢复前不再放行",
        ),
        VerdictReason::FeatureNotInPlan(feature) => {
            let feature = feature.name(reader.locale);
            reader.say(format!("the plan does not include {feature}"), format!("当前套餐不支持{feature}"))
        }
        VerdictReason::ServiceNotInPlan(id) => {
            let service = service(id);
            reader.say(
                format!("this needs the service {service}, which the plan does not include"),
                format!("此操作需要增值服务{service}，当前套餐未包含"),
            )
        }
        VerdictReason::GroupCallNotInPlan(id) => {
            let service = service(id);
            reader.say(
                format!("group calls need the service {service} in a tier that covers them"),
                format!("群组通话需要增值服务{service}的相应档位，当前套餐未包含"),
            )
        }
        VerdictReason::GroupTypeForbids(kind) => forbidden(reader, *kind),
        VerdictReason::Invalid(why) => return invalid(reader, *why).into(),
        VerdictReason::Suspended(lifecycle) => return plan::lifecycle(reader, lifecycle),
        VerdictReason::Unknown => reader.say(
            "it is not known whether the plan limits this, so it is allowed",
            "尚不清楚套餐对此是否有限制，因此允许操作",
        ),
    }]
}

/// What a group type does not allow: joining uninvited, or adding members.
fn forbidden(reader: &Reader<'_>, kind: GroupType) -> String {
    let name = kind.name(reader.locale);
    match kind {
        GroupType::Work => {
            reader.say(format!("{name} can only be joined by invitation"), format!("{name}只能通过邀请加入"))
        }
        GroupType::AvChatRoom => reader.say(
            format!("members cannot be added to {name}; they join by themselves"),
            format!("{name}不支持邀请成员，用户需自行加入"),
        ),
        GroupType::Public | GroupType::Meeting | GroupType::Community => {
            reader.say(format!("{name} do not allow this"), format!("{name}不支持此操作"))
        }
    }
}

/// What a text on a decision rests on.
#[derive(Clone, Copy)]
pub(crate) struct Decided<'a> {
    /// Whether the action may go ahead.
    pub(crate) may_proceed: bool,
    pub(crate) reason: &'a VerdictReason,
    /// The limits the action touches, the tightest first.
    pub(crate) checks: &'a [LimitCheck],
    /// How well the plan is known.
    pub(crate) freshness: Freshness,
}

impl<'a> Decided<'a> {
    fn of(assessment: &'a Assessment) -> Self {
        Self {
            may_proceed: assessment.may_proceed(),
            reason: &assessment.reason,
            checks: &assessment.checks,
            freshness: freshness(assessment),
        }
    }

    /// Whether a limit is a reason for the decision.
    fn matters(&self, check: &LimitCheck) -> bool {
        match self.reason {
            VerdictReason::LimitReached => {
                let denied = self.checks.iter().any(LimitCheck::denies);
                if denied { check.denies() } else { check.is_exceeded() }
            }
            VerdictReason::NearLimit => matches!(check.status, LimitStatus::Threshold(_)),
            _ => false,
        }
    }

    /// In sentences: why, the figures of the limits that are the reason, and what to keep in mind.
    pub(crate) fn explain(&self, reader: &Reader<'_>) -> String {
        let mut parts = reason(reader, self.reason);
        for check in self.checks.iter().filter(|check| self.matters(check)) {
            parts.extend(check::check(reader, check));
        }
        let troubled = !matches!(
            self.reason,
            VerdictReason::WithinLimits
                | VerdictReason::UsageUnknown
                | VerdictReason::NearLimit
                | VerdictReason::Unknown
        );
        if self.may_proceed && troubled {
            parts.push(reader.say("it may go ahead nevertheless", "仍可继续操作"));
        }
        // What a group type forbids or makes no sense does not depend on the plan.
        let by_plan = !matches!(self.reason, VerdictReason::GroupTypeForbids(_) | VerdictReason::Invalid(_));
        if by_plan {
            parts.push(self.freshness.words(reader));
        }
        reader.sentences(parts)
    }

    /// In one line: why, and the figures of the tightest limit.
    pub(crate) fn line(&self) -> String {
        let reader = Reader::of(Locale::En);
        let why = reader.line(reason(&reader, self.reason));
        let counted = self.checks.iter().find(|check| self.matters(check)).or_else(|| match self.reason {
            VerdictReason::WithinLimits | VerdictReason::UsageUnknown => self.checks.first(),
            _ => None,
        });
        match counted {
            Some(check) => format!("{why}: {}", check::figures(&reader, &Figures::from(check))),
            None => why,
        }
    }
}

fn freshness(assessment: &Assessment) -> Freshness {
    let (entitlements, at) = (&assessment.entitlements, assessment.at);
    let age = entitlements.fetched_at.map_or(Duration::ZERO, |fetched_at| at.since(fetched_at));
    Freshness::of(entitlements.fetched_at, entitlements.is_stale(at), age)
}

fn reader(assessment: &Assessment, locale: Locale) -> Reader<'_> {
    let now: Option<Timestamp> = Some(assessment.at);
    Reader { locale, zone: assessment.entitlements.zone.as_ref(), now }
}

/// How it came out, at the head of a line.
const fn word(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::Warned => "allowed with a warning",
        Decision::Denied => "denied",
    }
}

impl Assessment {
    /// What was decided and why, in sentences for a screen. Dates are in the app's billing zone.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// # use planguard::{CatalogId, EditionId, Planguard, SdkAppId};
    /// # let guard = Planguard::builder(SdkAppId::new(1_400_000_001)?)
    /// #     .fallback(CatalogId::INTL_2024, EditionId::STANDARD)
    /// #     .open().await?;
    /// use planguard::{Action, GroupId, GroupType, Locale, Observation};
    ///
    /// let group = GroupId::new("book-club")?;
    /// guard.observe(&Observation::Group { group, members: 153, own_max: None }).await;
    /// let invite = guard.assess(&Action::AddMembers { group, kind: GroupType::Work, count: 60 });
    /// assert!(invite.explain(Locale::En).contains("47 of the 60 asked for fit"));
    /// assert!(invite.explain(Locale::ZhHans).contains("上限"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn explain(&self, locale: Locale) -> String {
        Decided::of(self).explain(&reader(self, locale))
    }
}

impl fmt::Display for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", word(self.decision), Decided::of(self).line())
    }
}

impl Verdict {
    /// The figures of the tightest limit, where they are the reason.
    fn figures(&self, reader: &Reader<'_>) -> String {
        let counted = matches!(
            self.reason,
            VerdictReason::WithinLimits
                | VerdictReason::UsageUnknown
                | VerdictReason::NearLimit
                | VerdictReason::LimitReached
        );
        let tightest = self.tightest.filter(|_| counted);
        tightest.map_or_else(String::new, |limit| check::figures(reader, &Figures::from(&limit)))
    }

    /// What was decided and why, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let mut parts = reason(&reader, &self.reason);
        parts.push(self.figures(&reader));
        let by_plan = !matches!(self.reason, VerdictReason::GroupTypeForbids(_) | VerdictReason::Invalid(_));
        if by_plan {
            parts.push(Freshness::small(self.stale, self.confirmed).words(&reader));
        }
        reader.sentences(parts)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reader = Reader::of(Locale::En);
        let (why, figures) = (reader.line(reason(&reader, &self.reason)), self.figures(&reader));
        write!(f, "{}: {why}", word(self.decision))?;
        if figures.is_empty() { Ok(()) } else { write!(f, ": {figures}") }
    }
}
