//! Each difference in sentences: what it is, and where it likely comes from.

use planguard::Locale;

use super::{Difference, GroupDay, Kind, Users, Webhooks};
use crate::ledger::App;
use crate::ledger::belief::OLDEST;
use crate::numbers::{counted, number};

/// The same in each language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) english: String,
    pub(super) chinese: String,
}

impl Difference {
    /// What it is and where it comes from, in a language.
    pub fn text_in(&self, locale: Locale) -> &str {
        match locale {
            Locale::En => &self.text,
            Locale::ZhHans => &self.chinese,
        }
    }
}

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
    let mut add = |kind, count: i64, said: Said| {
        if count > 0 {
            found.push(Difference { kind, count, text: said.english, chinese: said.chinese });
        }
    };
    match users.provider {
        Some(_) if users.devices_report => compared(users, &mut add),
        Some(provider) => add(Kind::NoDevices, provider, no_devices(provider)),
        None => add(Kind::Incomplete, users.devices.max(1), incomplete(app)),
    }
    add(Kind::NotComparable, users.not_comparable, not_comparable(users.not_comparable));
    add(Kind::Unreadable, webhooks.unreadable, unreadable(webhooks.unreadable));
    let old = webhooks.too_old + old_events;
    add(Kind::TooOld, old, too_old(old));
    for day in groups.iter().filter(|day| day.provider != day.counted) {
        add(Kind::Groups, day.provider.abs_diff(day.counted).cast_signed(), group_day(day));
    }
    found
}

fn compared(users: &Users, add: &mut impl FnMut(Kind, i64, Said)) {
    let edge = at_the_edge(users.at_the_edge);
    let (english_edge, chinese_edge) = (edge.english, edge.chinese);
    let n = users.only_devices;
    let here = number(users.both + users.only_provider);
    let said = Said {
        english: format!(
            "Devices reported logins of {} that no webhook reported. Webhooks come without a guarantee: at least {} lost, or this \
             endpoint could not be reached. The provider's count of the month is that much higher than the {here} counted \
             here.{english_edge}",
            counted(n, "user", "users"),
            counted(n, "webhook was", "webhooks were"),
        ),
        chinese: format!(
            "设备上报了 {} 名用户的登录，但没有相应的回调。回调不保证送达：至少丢失了 {} 个，或当时无法访问本服务。\
             服务商本月的统计比此处的 {here} 名多出这些用户。{chinese_edge}",
            number(n),
            number(n),
        ),
    };
    add(Kind::OnlyDevices, n, said);
    let n = users.only_provider;
    let said = Said {
        english: format!(
            "The provider reported logins of {} that no device reported. They logged in without planguard (an older version \
             of the app, another chat SDK, the Web, a test tool), or their devices have not delivered their events yet.{english_edge}",
            counted(n, "user", "users"),
        ),
        chinese: format!(
            "服务商回调了 {} 名用户的登录，但没有设备上报。这些登录未经 planguard（旧版应用、其他聊天 SDK、Web 或测试工具），\
             或设备尚未上报。{chinese_edge}",
            number(n),
        ),
    };
    add(Kind::OnlyProvider, n, said);
}

fn at_the_edge(n: i64) -> Said {
    if n <= 0 {
        return Said { english: String::new(), chinese: String::new() };
    }
    Said {
        english: format!(
            " {} logged in beside the month's first or last midnight, and the two sides date that login in different \
             months: a device's clock or the billing zone differs.",
            counted(n, "user of those who differ", "users of those who differ"),
        ),
        chinese: format!(
            "其中 {} 名在月初或月末的零点前后登录，双方将该次登录计入不同的月份：设备时钟或计费时区不一致。",
            number(n)
        ),
    }
}

fn no_devices(n: i64) -> Said {
    Said {
        english: format!(
            "No device has ever reported anything, so that the {} that the provider reported cannot be compared: the app \
             with planguard is not shipped yet, or its devices cannot reach this endpoint.",
            counted(n, "user", "users"),
        ),
        chinese: format!(
            "从未有设备上报，因此无法对比服务商回调的 {} 名用户：集成 planguard 的应用尚未发布，或其设备无法访问本服务。",
            number(n)
        ),
    }
}

fn not_comparable(n: i64) -> Said {
    Said {
        english: format!(
            "Installs reported logins of {} without the month's key, so that they cannot be found among the provider's: their \
             version of the app knows no key, they had no document yet, or still that of another month's key. One person \
             with two such installs is two of them.",
            counted(n, "user", "users"),
        ),
        chinese: format!(
            "{} 名用户的登录上报时没有本月的密钥，无法与服务商的统计对照：其应用版本不支持密钥、尚未取得文档，或文档仍为其他月份的密钥。\
             同一人使用两个此类安装计为两名。",
            number(n)
        ),
    }
}

fn unreadable(n: i64) -> Said {
    Said {
        english: format!(
            "{} that the provider signed could not be read, and did not count. The provider may have changed \
             their content: look for a newer version of this endpoint.",
            counted(n, "webhook", "webhooks"),
        ),
        chinese: format!(
            "{} 个已签名的回调无法读取，未计入。服务商可能更改了内容，请检查本服务是否有新版本。",
            number(n)
        ),
    }
}

fn too_old(n: i64) -> Said {
    let days = OLDEST.as_secs() / 86_400;
    Said {
        english: format!(
            "{} reported something more than {days} days ago, and did not count.",
            counted(n, "webhook or usage event", "webhooks and usage events"),
        ),
        chinese: format!("{} 个回调或用量事件早于 {days} 天，未计入。", number(n)),
    }
}

fn incomplete(app: &App) -> Said {
    let (english, chinese) = if app.provider.is_some() {
        (
            "Webhooks cover only part of this month, or none came yet. If the app itself is no older than they are, set \
             `complete_from` to its first day.",
            "回调只覆盖本月的一部分，或尚未收到回调。如果应用本身不早于回调，请将 `complete_from` 设为其首日。",
        )
    } else {
        (
            "No webhooks are configured for this app, so that only the devices' side is known.",
            "该应用未配置回调，因此只知道设备一方的统计。",
        )
    };
    Said { english: english.to_owned(), chinese: chinese.to_owned() }
}

fn group_day(day: &GroupDay) -> Said {
    let (english, chinese) = if day.provider > day.counted {
        ("webhooks of created groups were lost, or had not come yet", "建群回调丢失或尚未送达")
    } else {
        (
            "webhooks of dissolved groups were lost, or the provider does not count groups of every type",
            "解散群组的回调丢失，或服务商不统计所有类型的群组",
        )
    };
    Said {
        english: format!(
            "On {} the provider counted {} when webhooks had reported {}: {english}.",
            day.day,
            counted(day.provider, "net new group", "net new groups"),
            number(day.counted),
        ),
        chinese: format!(
            "{} 服务商统计净增群组 {} 个，当时回调为 {} 个：{chinese}。",
            day.day,
            number(day.provider),
            number(day.counted),
        ),
    }
}
