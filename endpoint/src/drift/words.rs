//! Each difference in sentences: what it is, and where it likely comes from.

use super::{Difference, GroupDay, Kind, Users, Webhooks};
use crate::ledger::App;
use crate::ledger::belief::OLDEST;

/// 20261126 as `2026-11-26`.
pub(super) fn day(number: i64) -> String {
    format!("{:04}-{:02}-{:02}", number / 10_000, number / 100 % 100, number % 100)
}

pub(super) fn differences(
    app: &App,
    users: &Users,
    webhooks: &Webhooks,
    groups: &[GroupDay],
    old_events: i64,
) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut add = |kind, count: i64, text: String| {
        if count > 0 {
            found.push(Difference { kind, count, text });
        }
    };
    match users.provider {
        Some(_) => compared(users, &mut add),
        None => add(Kind::Incomplete, users.devices.max(1), incomplete(app)),
    }
    if users.not_comparable > 0 {
        let count = users.not_comparable;
        add(Kind::NotComparable, count, not_comparable(count));
    }
    if webhooks.unreadable > 0 {
        let text = format!(
            "{} that the provider signed could not be read, and did not count. The provider may have changed \
             their content: look for a newer version of this endpoint.",
            some(webhooks.unreadable, "webhook", "webhooks"),
        );
        add(Kind::Unreadable, webhooks.unreadable, text);
    }
    let old = webhooks.too_old + old_events;
    if old > 0 {
        let text = format!(
            "{} reported something more than {} days ago, and did not count.",
            some(old, "webhook or usage event", "webhooks and usage events"),
            OLDEST.as_secs() / 86_400,
        );
        add(Kind::TooOld, old, text);
    }
    for day in groups.iter().filter(|day| day.provider != day.counted) {
        add(Kind::Groups, day.provider.abs_diff(day.counted).cast_signed(), group_day(day));
    }
    found
}

fn compared(users: &Users, add: &mut impl FnMut(Kind, i64, String)) {
    let edge = if users.at_the_edge > 0 {
        format!(
            " {} logged in beside the month's first or last midnight, and the two sides date that login in different \
             months: a device's clock or the billing zone differs.",
            some(users.at_the_edge, "user of those who differ", "users of those who differ"),
        )
    } else {
        String::new()
    };
    if users.only_devices > 0 {
        let text = format!(
            "Devices reported logins of {} that no webhook reported. Webhooks come without a guarantee: at least {} lost, or this \
             endpoint could not be reached. The provider's count of the month is that much higher than the {} counted \
             here.{edge}",
            some(users.only_devices, "user", "users"),
            some(users.only_devices, "webhook was", "webhooks were"),
            users.both + users.only_provider,
        );
        add(Kind::OnlyDevices, users.only_devices, text);
    }
    if users.only_provider > 0 {
        let text = format!(
            "The provider reported logins of {} that no device reported. They logged in without planguard (an older version \
             of the app, another chat SDK, the Web, a test tool), or their devices have not delivered their events yet.{edge}",
            some(users.only_provider, "user", "users"),
        );
        add(Kind::OnlyProvider, users.only_provider, text);
    }
}

fn not_comparable(count: i64) -> String {
    format!(
        "Installs reported logins of {} without the month's key, so that they cannot be found among the provider's: their \
         version of the app knows no key, they had no document yet, or still that of another month's key. One person \
         with two such installs is two of them.",
        some(count, "user", "users"),
    )
}

fn incomplete(app: &App) -> String {
    if app.provider.is_some() {
        "Webhooks cover only part of this month, or none came yet. If the app itself is no older than they are, set \
         `complete_from` to its first day."
            .to_owned()
    } else {
        "No webhooks are configured for this app, so that only the devices' side is known.".to_owned()
    }
}

fn group_day(day: &GroupDay) -> String {
    format!(
        "On {} the provider counted {} net new groups when webhooks had reported {}: {}.",
        day.day,
        day.provider,
        day.counted,
        if day.provider > day.counted {
            "webhooks of created groups were lost, or had not come yet"
        } else {
            "webhooks of dissolved groups were lost, or the provider does not count groups of every type"
        },
    )
}

/// `1 user`, `2 users`.
fn some(n: i64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
