//! Texts on usage inside a quota: `8,124 of 10,000 monthly active users included`.

use std::fmt;

use super::item::counted;
use super::texts;
use crate::decide::bill::IncludedUsage;
use crate::model::{LimitId, Locale, Max};
use crate::words::format::{Reader, number};
use crate::words::names::Noun;

texts! {
    /// How much of what is included was used, in a sentence for a screen.
    IncludedUsage: |reader: &Reader<'_>, usage: &IncludedUsage| vec![clause(reader, usage)];
}

/// The same as a clause.
pub(super) fn clause(reader: &Reader<'_>, usage: &IncludedUsage) -> String {
    let noun = Noun::of(usage.limit);
    let (when, chinese_when) = when(usage.limit);
    let (counted, measure) = (counted(usage.limit), noun.measure);
    let count = |count| noun.count(reader, count);
    let max = |max| number(max);
    match (usage.used, usage.included) {
        (Some(used), Some(Max::Of(included))) if used <= included => reader.say(
            format!("{when}{} of {} included", max(used), count(included)),
            format!(
                "{chinese_when}{counted}已用免费额度{}{measure}中的{}{measure}",
                max(included),
                max(used)
            ),
        ),
        (Some(used), Some(Max::Of(included))) => reader.say(
            format!("{when}{}, {} of them included", count(used), max(included)),
            format!(
                "{chinese_when}{counted}共{}{measure}，其中{}{measure}在免费额度内",
                max(used),
                max(included)
            ),
        ),
        (Some(used), Some(Max::Unlimited)) => reader.say(
            format!("{when}{}, unlimited and included", count(used)),
            format!("{chinese_when}{counted}共{}{measure}，不限量且免费", max(used)),
        ),
        (Some(used), None) => reader.say(
            format!("{when}{}, and the price list does not state how many are included", count(used)),
            format!("{chinese_when}{counted}共{}{measure}，价目表未说明免费额度", max(used)),
        ),
        (None, Some(Max::Of(included))) => reader.say(
            format!("{} included, and how many were used is not known", count(included)),
            format!("{counted}的免费额度为{}{measure}，用量未知", max(included)),
        ),
        (None, Some(Max::Unlimited)) => reader.say(
            format!("unlimited {} included, and how many were used is not known", noun.many),
            format!("{counted}不限量且免费，用量未知"),
        ),
        (None, None) => reader.say(
            format!("neither how many {} are included nor how many were used is known", noun.many),
            format!("{counted}的免费额度和用量均未知"),
        ),
    }
}

/// Which moment of the month the usage is of, where it is not that of the whole month.
const fn when(limit: LimitId) -> (&'static str, &'static str) {
    match limit {
        LimitId::FreeDau | LimitId::FreePeakGroups => ("at the peak, ", ""),
        LimitId::PushCallsPerDay => ("on the busiest day, ", "用量最高的一天，"),
        _ => ("", ""),
    }
}
