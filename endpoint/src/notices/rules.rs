//! Which thresholds are crossed, from the figures of one app at one instant.

use super::config::NoticesConfig;
use super::fact::Fact;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// How far a share has to fall below its threshold before it is told again, in points of percent.
const HYSTERESIS: u64 = 5;

/// What thresholds are compared with. `None` is not known, and crosses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// The billing month, `2026-11`.
    pub month: String,
    /// The billing day, `2026-11-26`.
    pub day: String,
    /// Monthly active users so far.
    pub mau: Option<u64>,
    /// How many the plan includes.
    pub included: Option<u64>,
    /// How many there will be at this pace.
    pub forecast: Option<u64>,
    /// Groups created less groups dissolved today; below 0 when more were dissolved.
    pub groups_today: Option<i64>,
    /// How many a day allows.
    pub group_quota: Option<u64>,
    /// When the plan ends.
    pub expires_at: Option<i64>,
    /// When the bill that is unpaid was pushed.
    pub arrears_since: Option<i64>,
    /// Users that only one of devices and provider counts.
    pub differing: Option<u64>,
    /// When the provider's latest webhook was taken; `None` where none ever was.
    pub last_webhook_at: Option<i64>,
}

/// A rule and where its figure stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// The rule, `mau_share:80`.
    pub rule: String,
    /// In which it is told once.
    pub period: String,
    /// Where the figure stands.
    pub level: Level,
    /// What was crossed, for words and data.
    pub fact: Fact,
}

impl Reading {
    /// Rules of one kind are told together: the highest of those that were crossed at once.
    pub(super) fn kind(&self) -> &str {
        self.rule.split_once(':').map_or(&*self.rule, |(kind, _)| kind)
    }

    /// The share that the rule is about, in percent; 0 for other rules.
    pub(super) fn percent(&self) -> u64 {
        self.rule.split_once(':').and_then(|(_, percent)| percent.parse().ok()).unwrap_or(0)
    }
}

/// Where a figure stands beside its threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// At it or beyond.
    Crossed,
    /// Below, and not far enough to be told again when it comes back.
    Near,
    /// Far enough below.
    Clear,
}

fn share(used: u64, of: u64, percent: u64) -> Level {
    let (used, of) = (u128::from(used) * 100, u128::from(of));
    if used >= of * u128::from(percent) {
        Level::Crossed
    } else if used > of * u128::from(percent.saturating_sub(HYSTERESIS)) {
        Level::Near
    } else {
        Level::Clear
    }
}

const fn yes(crossed: bool) -> Level {
    if crossed { Level::Crossed } else { Level::Clear }
}

/// Every rule of the configuration whose figures are known.
pub(super) fn readings(config: &NoticesConfig, figures: &Figures, now: i64) -> Vec<Reading> {
    let mut out = Vec::new();
    let mut read = |rule: String, period: &str, level, fact| {
        out.push(Reading { rule, period: period.to_owned(), level, fact });
    };
    // Of nothing there is no share.
    let positive = |figure: Option<u64>| figure.filter(|figure| *figure > 0);
    if let (Some(used), Some(included)) = (figures.mau, positive(figures.included)) {
        for &percent in &config.mau_shares {
            let fact = Fact::MauShare { percent, used, included };
            let level = share(used, included, percent);
            read(format!("mau_share:{percent}"), &figures.month, level, fact);
        }
    }
    if let (Some(used), Some(budget)) = (figures.mau, positive(config.mau_budget)) {
        for &percent in &config.mau_shares {
            let fact = Fact::BudgetShare { percent, used, budget };
            let level = share(used, budget, percent);
            read(format!("budget_share:{percent}"), &figures.month, level, fact);
        }
    }
    if let (Some(used), Some(quota)) = (figures.groups_today, positive(figures.group_quota)) {
        let used = u64::try_from(used).unwrap_or(0);
        for &percent in &config.group_shares {
            let fact = Fact::GroupShare { percent, used, quota };
            let level = share(used, quota, percent);
            read(format!("group_share:{percent}"), &figures.day, level, fact);
        }
    }
    if let (true, Some(forecast), Some(included)) =
        (config.forecast, figures.forecast, positive(figures.included))
    {
        let level = match share(forecast, included, 100) {
            // What is included is not above it.
            Level::Crossed if forecast == included => Level::Near,
            other => other,
        };
        read("forecast".into(), &figures.month, level, Fact::Forecast { forecast, included });
    }
    if let (true, Some(at)) = (config.expires_in_days > 0, figures.expires_at) {
        let left = at - now;
        let days = u64::try_from(left / DAY_MS).unwrap_or(0);
        let period = at.to_string();
        let soon = left > 0 && days < config.expires_in_days;
        read("expires_soon".into(), &period, yes(soon), Fact::Expires { at, days });
        read("expired".into(), &period, yes(left <= 0), Fact::Expired { at });
    }
    if let (true, Some(since)) = (config.arrears, figures.arrears_since) {
        read("arrears".into(), &since.to_string(), Level::Crossed, Fact::Arrears { since });
    }
    if let (1.., Some(differing), Some(mau)) =
        (config.drift_percent, figures.differing, positive(figures.mau))
    {
        let level = share(differing, mau, config.drift_percent);
        read("drift".into(), &figures.month, level, Fact::Drift { differing, mau });
    }
    if let (1.., Some(last)) = (config.silent_hours, figures.last_webhook_at) {
        let hours = u64::try_from((now - last) / HOUR_MS).unwrap_or(0);
        // One period for ever: a webhook arms it again.
        read("silent".into(), "", yes(hours >= config.silent_hours), Fact::Silent { hours });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossed(figures: &Figures, now: i64) -> Vec<String> {
        let config = NoticesConfig { mau_budget: Some(500), ..NoticesConfig::default() };
        let all = readings(&config, figures, now).into_iter();
        all.filter(|reading| reading.level == Level::Crossed).map(|reading| reading.rule).collect()
    }

    #[test]
    fn nothing_known_crosses_nothing() {
        assert_eq!(crossed(&Figures::default(), 0), [""; 0]);
        let figures = Figures { mau: Some(5), included: Some(0), ..Figures::default() };
        assert_eq!(crossed(&figures, 0), [""; 0]);
    }

    #[test]
    fn shares_are_crossed_at_the_very_user() {
        let at = |mau| Figures { mau: Some(mau), included: Some(1_000), ..Figures::default() };
        assert_eq!(crossed(&at(399), 0), [""; 0]);
        assert_eq!(crossed(&at(400), 0), ["budget_share:80"]);
        let all = ["mau_share:80", "budget_share:80", "budget_share:95", "budget_share:100"];
        assert_eq!(crossed(&at(800), 0), all);
    }

    #[test]
    fn a_share_is_armed_again_five_points_below() {
        assert_eq!(share(800, 1_000, 80), Level::Crossed);
        assert_eq!(share(799, 1_000, 80), Level::Near);
        assert_eq!(share(751, 1_000, 80), Level::Near);
        assert_eq!(share(750, 1_000, 80), Level::Clear);
        assert_eq!(share(u64::MAX, u64::MAX, 100), Level::Crossed);
    }

    #[test]
    fn groups_dissolved_are_no_use() {
        let at = |groups| Figures { groups_today: Some(groups), group_quota: Some(10), ..Figures::default() };
        assert_eq!(crossed(&at(-5), 0), [""; 0]);
        assert_eq!(crossed(&at(8), 0), ["group_share:80"]);
    }

    #[test]
    fn a_forecast_of_just_what_is_included_is_not_above_it() {
        let at = |forecast| Figures { forecast: Some(forecast), included: Some(10), ..Figures::default() };
        assert_eq!(crossed(&at(10), 0), [""; 0]);
        assert_eq!(crossed(&at(11), 0), ["forecast"]);
    }

    #[test]
    fn the_end_of_the_plan_is_told_before_and_after() {
        let end = Figures { expires_at: Some(10 * DAY_MS), ..Figures::default() };
        assert_eq!(crossed(&end, 3 * DAY_MS), [""; 0]);
        assert_eq!(crossed(&end, 3 * DAY_MS + 1), ["expires_soon"]);
        assert_eq!(crossed(&end, 10 * DAY_MS), ["expired"]);
    }

    #[test]
    fn silence_counts_from_the_last_webhook_and_needs_one() {
        let quiet = Figures { last_webhook_at: Some(0), ..Figures::default() };
        assert_eq!(crossed(&quiet, 24 * HOUR_MS - 1), [""; 0]);
        assert_eq!(crossed(&quiet, 24 * HOUR_MS), ["silent"]);
    }

    #[test]
    fn drift_is_a_share_of_the_month() {
        let at = |differing| Figures { differing: Some(differing), mau: Some(100), ..Figures::default() };
        assert_eq!(crossed(&at(4), 0), [""; 0]);
        assert_eq!(crossed(&at(5), 0), ["drift"]);
    }
}
