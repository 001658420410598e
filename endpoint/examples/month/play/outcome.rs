//! What came out, and where it differs from the independent count.

use std::collections::BTreeMap;

use planguard::time::Timestamp;
use planguard_endpoint::db::Queries;
use planguard_endpoint::drift::{Kind, Report};
use planguard_endpoint::ledger::groups;
use planguard_endpoint::ledger::period::day_number;
use planguard_endpoint::ledger::tally::{get, what};
use serde_json::Value;

use super::expect::Expected;
use super::server::{APP, Server};
use super::{Failed, Options};

/// A month that was played.
pub(crate) struct Outcome {
    /// The drift report.
    pub(crate) report: Report,
    /// The independent count.
    pub(crate) expected: Expected,
    /// Webhooks that were lost.
    pub(crate) lost: i64,
    /// Messages played.
    pub(crate) messages: usize,
    /// The usage that the document states at the end.
    usage: Option<Value>,
    days: Days,
}

#[derive(Default)]
struct Days {
    provider: BTreeMap<i64, i64>,
    devices: BTreeMap<i64, i64>,
    groups: BTreeMap<i64, i64>,
}

impl Outcome {
    pub(super) async fn of(
        options: &Options,
        server: &Server,
        expected: Expected,
        lost: i64,
        messages: usize,
        now: Timestamp,
    ) -> Result<Self, Failed> {
        let report = server.service.drift(APP, Some(options.month)).await;
        let report = report.map_err(|problem| problem.detail().to_owned())?;
        let days: Vec<i64> = (0..i64::from(options.month.days()))
            .map(|day| day_number(options.month.first_date()) + day)
            .collect();
        let app = server.service.ledger_app(APP).map_err(|problem| problem.detail().to_owned())?;
        let read = move |queries: &mut dyn Queries| {
            let mut counted = Days::default();
            for day in &days {
                counted.provider.insert(*day, get(queries, APP, *day, what::DAU)?);
                counted.devices.insert(*day, get(queries, APP, *day, what::DEVICE_DAU)?);
                counted.groups.insert(*day, groups::net_of_day(queries, APP, *day)?);
            }
            let usage = planguard_endpoint::ledger::usage::usage(queries, &app, now.as_millis())?;
            Ok((counted, usage))
        };
        let (days, usage) = server.service.db.read(read).await?;
        Ok(Self { report, expected, lost, messages, usage, days })
    }

    /// Every figure that is not the independent count's.
    pub(crate) fn mismatches(&self) -> Vec<String> {
        let (users, expected) = (&self.report.users, &self.expected);
        let mut wrong = Vec::new();
        let mut check = |what: &str, found: i64, right: i64| {
            if found != right {
                wrong.push(format!("{what}: {found}, and the independent count is {right}"));
            }
        };
        check("users who logged in", expected.devices, expected.senders);
        check("MAU by webhooks", users.provider.unwrap_or(-1), expected.provider);
        check("MAU by devices", users.devices, expected.devices);
        check("only devices", users.only_devices, expected.only_devices);
        check("only the provider", users.only_provider, 0);
        check("not comparable", users.not_comparable, 0);
        let named = self.report.differences.iter().find(|it| it.kind == Kind::OnlyDevices);
        check("the drift report's users", named.map_or(0, |it| it.count), expected.only_devices);
        let others = self.report.differences.iter().filter(|it| it.kind != Kind::OnlyDevices).count();
        check("other differences", i64::try_from(others).unwrap_or(i64::MAX), 0);
        let stated = self.usage.as_ref().and_then(|usage| usage["mau"].as_i64());
        check("MAU in the document", stated.unwrap_or(-1), expected.provider);
        let days = [
            ("users of a day by webhooks", &self.days.provider, &expected.provider_days),
            ("users of a day by devices", &self.days.devices, &expected.device_days),
            ("net new groups of a day", &self.days.groups, &expected.groups),
        ];
        for (what, found, right) in days {
            for (day, found) in found {
                check(&format!("{what}, {day}"), *found, right.get(day).copied().unwrap_or(0));
            }
        }
        wrong
    }
}
