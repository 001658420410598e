//! The ledger against a model of plain sets: whatever the order, the repetitions and the losses, on both databases.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use planguard_endpoint::accounts;
use planguard_endpoint::db::{Db, Place, Queries};
use planguard_endpoint::ledger::period::{When, month_number};
use planguard_endpoint::ledger::tally::{of_period, what};
use planguard_endpoint::ledger::{App, devices, groups};
use planguard_endpoint::provider::{Callback, Settings, Token, apply, read};
use planguard_servers::Postgres;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const SECRET: &[u8] = b"a secret of this test";
const NOW: &str = "2026-12-02T15:59:00Z";
const HOUR: i64 = 3_600_000;

/// So many deliveries go into one transaction.
const BATCH: usize = 7;

/// Something that happened, so many hours before the present.
#[derive(Clone, Debug)]
enum Happened {
    Login { user: u8, hours: i64 },
    Device { user: u8, hours: i64 },
    Keyless { user: u8, hours: i64 },
    Deferred { user: u8, hours: i64 },
    Group { group: u8, class: &'static str, created: bool, hours: i64 },
    Friends { pairs: u8, added: bool, hours: i64 },
}

/// How often it is delivered, 0 for what is lost.
type Told = (Happened, usize);

fn happened() -> impl Strategy<Value = Happened> {
    // From a month and a half ago to a day ahead: some is too old, some is not believed, most is around the month's turn.
    let hours = prop_oneof![-24_i64..1_080, 0_i64..72];
    let class = prop_oneof![Just("Public"), Just("AVChatRoom"), Just("Community")];
    prop_oneof![
        4 => (0_u8..6, hours.clone()).prop_map(|(user, hours)| Happened::Login { user, hours }),
        4 => (0_u8..6, hours.clone()).prop_map(|(user, hours)| Happened::Device { user, hours }),
        1 => (0_u8..3, hours.clone()).prop_map(|(user, hours)| Happened::Keyless { user, hours }),
        2 => (0_u8..8, hours.clone()).prop_map(|(user, hours)| Happened::Deferred { user, hours }),
        3 => (0_u8..9, class, any::<bool>(), hours.clone())
            .prop_map(|(group, class, created, hours)| Happened::Group { group, class, created, hours }),
        1 => (1_u8..4, any::<bool>(), hours)
            .prop_map(|(pairs, added, hours)| Happened::Friends { pairs, added, hours }),
    ]
}

fn world() -> impl Strategy<Value = Vec<Told>> {
    prop::collection::vec((happened(), prop_oneof![1 => Just(0_usize), 4 => Just(1), 2 => 2_usize..4]), 1..40)
}

/// What is expected of each period, by name; nothing for 0.
type Sums = BTreeMap<(i64, String), i64>;

#[derive(Default)]
struct Model {
    provider: BTreeSet<(i64, u8)>,
    devices: BTreeSet<(i64, u8)>,
    keyless: BTreeSet<(i64, u8)>,
    deferred: BTreeSet<(i64, u8)>,
    provider_days: BTreeSet<(i64, u8)>,
    device_days: BTreeSet<(i64, u8)>,
    webhooks: BTreeSet<String>,
    sums: Sums,
}

/// When it counts, worked out anew: 32 days back, ten minutes ahead.
fn counts_at(now: i64, hours: i64) -> Option<(i64, i64)> {
    let at = now - hours * HOUR;
    let at = if at > now + HOUR / 6 { now } else { at };
    if at < now - 32 * 24 * HOUR {
        return None;
    }
    let local = Timestamp::from_millisecond(at + 8 * HOUR).unwrap();
    let day: i64 = local.strftime("%Y%m%d").to_string().parse().unwrap();
    Some((day, day / 100))
}

impl Model {
    fn take(&mut self, now: i64, happened: &Happened) {
        let (hours, in_days): (i64, Option<(String, i64)>) = match happened {
            Happened::Group { class, created, hours, .. } => {
                let class = match *class {
                    "AVChatRoom" => "av",
                    "Community" => "community",
                    _ => "non_av",
                };
                let verb = if *created { "created" } else { "destroyed" };
                (*hours, Some((format!("{verb}_{class}"), 1)))
            }
            Happened::Friends { pairs, added, hours } => {
                let name = if *added { "friends_added" } else { "friends_deleted" };
                (*hours, Some((name.to_owned(), i64::from(*pairs))))
            }
            Happened::Login { hours, .. }
            | Happened::Device { hours, .. }
            | Happened::Keyless { hours, .. }
            | Happened::Deferred { hours, .. } => (*hours, None),
        };
        let Some((day, month)) = counts_at(now, hours) else { return };
        match happened {
            Happened::Login { user, .. } => {
                self.provider.insert((month, *user));
                self.provider_days.insert((day, *user));
            }
            Happened::Device { user, .. } => {
                self.devices.insert((month, *user));
                self.device_days.insert((day, *user));
            }
            Happened::Keyless { user, .. } => drop(self.keyless.insert((month, *user))),
            Happened::Deferred { user, .. } => drop(self.deferred.insert((month, *user))),
            Happened::Group { .. } | Happened::Friends { .. } => {
                // The same content once, however often it comes.
                if self.webhooks.insert(format!("{happened:?}")) {
                    let (name, n) = in_days.unwrap();
                    *self.sums.entry((day, name)).or_default() += n;
                }
            }
        }
    }

    fn sums(mut self) -> Sums {
        let mut add = |period: i64, name: &str| *self.sums.entry((period, name.to_owned())).or_default() += 1;
        self.provider.iter().for_each(|it| add(it.0, what::MAU));
        self.devices.iter().for_each(|it| add(it.0, what::DEVICE_MAU));
        self.provider.intersection(&self.devices).for_each(|it| add(it.0, what::BOTH));
        self.keyless.iter().for_each(|it| add(it.0, what::KEYLESS));
        self.deferred.iter().for_each(|it| add(it.0, what::DEFERRED_USERS));
        let active: BTreeSet<_> = self.provider.union(&self.devices).copied().collect();
        self.deferred.difference(&active).for_each(|it| add(it.0, what::AVOIDED));
        self.provider_days.iter().for_each(|it| add(it.0, what::DAU));
        self.device_days.iter().for_each(|it| add(it.0, what::DEVICE_DAU));
        self.sums
    }
}

fn app(id: u64) -> App {
    let provider = Some(Settings::with_tokens(vec![Token::new("t").unwrap()]));
    App { id, zone: TimeZone::fixed(jiff::tz::Offset::constant(8)), provider, accounts: true }
}

/// A webhook, where it is one; its command and content.
fn webhook(now: i64, happened: &Happened) -> Option<(&'static str, Value)> {
    let at = |hours: &i64| now - hours * HOUR;
    Some(match happened {
        Happened::Login { user, hours } => (
            "State.StateChange",
            json!({ "EventTime": at(hours), "Info": { "Action": "Login", "To_Account": format!("u{user}") } }),
        ),
        Happened::Group { group, class, created: true, hours } => (
            "Group.CallbackAfterCreateGroup",
            json!({ "GroupId": group.to_string(), "Type": class, "EventTime": at(hours).to_string() }),
        ),
        Happened::Group { group, class, created: false, hours } => (
            "Group.CallbackAfterGroupDestroyed",
            json!({ "GroupId": group.to_string(), "Type": class, "EventTime": at(hours).to_string() }),
        ),
        Happened::Friends { pairs, added, hours } => (
            if *added { "Sns.CallbackFriendAdd" } else { "Sns.CallbackFriendDelete" },
            json!({ "PairList": vec![json!({}); usize::from(*pairs)], "EventTime": at(hours) }),
        ),
        _ => return None,
    })
}

/// A usage event's type and data, where it is one.
fn event(key: &accounts::AccountKey, app: u64, happened: &Happened) -> Option<(&'static str, Value, i64)> {
    let name = |user: &u8| accounts::KeyedAccount {
        key_id: key.id().to_owned(),
        account: key.account(app, &format!("u{user}")),
    };
    Some(match happened {
        Happened::Device { user, hours } => (
            "planguard.login.executed",
            json!({ "user": format!("{user:032x}"), "account": name(user).to_string() }),
            *hours,
        ),
        Happened::Keyless { user, hours } => {
            ("planguard.login.executed", json!({ "user": format!("{:032x}", u32::from(*user) + 99) }), *hours)
        }
        Happened::Deferred { user, hours } => (
            "planguard.login.deferred",
            json!({ "user": format!("{user:032x}"), "account": name(user).to_string() }),
            *hours,
        ),
        _ => return None,
    })
}

/// Delivers everything. Webhooks come one by one, usage events of a few deliveries in one batch.
async fn deliver(db: &Db, app: &App, now: i64, told: &[Happened]) {
    for deliveries in told.chunks(BATCH) {
        let (app, deliveries) = (app.clone(), deliveries.to_vec());
        let work = move |queries: &mut dyn Queries| {
            for (command, body) in deliveries.iter().filter_map(|happened| webhook(now, happened)) {
                let callback: Callback = read(command, body.to_string().as_bytes()).unwrap();
                apply(queries, SECRET, &app, command, &callback, now, now)?;
            }
            if deliveries.iter().all(|happened| webhook(now, happened).is_some()) {
                return Ok(());
            }
            let month = When::new(&app.zone, now).month;
            let key = accounts::current(queries, SECRET, app.id, month, now)?;
            let batch = deliveries.iter().filter_map(|happened| event(&key, app.id, happened));
            let batch: Vec<_> = batch.collect();
            let event = |(kind, data, hours)| devices::Event {
                kind,
                time: Some(now - hours * HOUR),
                data: Some(data),
            };
            let events: Vec<_> =
                batch.iter().map(|(kind, data, hours)| event((*kind, data, *hours))).collect();
            devices::count(queries, SECRET, &app, &events, now)
        };
        db.write(work).await.unwrap();
    }
}

/// Everything that is delivered, and the sums that are kept then.
async fn counted(db: &Db, app: App, now: i64, told: Vec<Happened>) -> Sums {
    deliver(db, &app, now, &told).await;
    let id = app.id;
    let first = When::new(&app.zone, now - 60 * 24 * HOUR).month;
    let read = move |queries: &mut dyn Queries| {
        let mut sums = Sums::new();
        for month in [first, first.next(), first.next().next()] {
            let days = (1..=31).map(|day| month_number(month) * 100 + day);
            for period in std::iter::once(month_number(month)).chain(days) {
                for (name, n) in of_period(queries, id, period)? {
                    sums.insert((period, name), n);
                }
            }
        }
        Ok(sums)
    };
    let mut sums = db.read(read).await.unwrap();
    // Of the endpoint's own affairs, not of users and groups.
    let own = |name: &str| name.starts_with("webhooks") || name == "old_events" || name == "groups_peak";
    sums.retain(|(_, name), n| !own(name) && *n != 0);
    sums
}

fn holds_on(db: &Db, runtime: &Runtime, cases: u32) {
    static APPS: AtomicU64 = AtomicU64::new(1);
    let now = NOW.parse::<Timestamp>().unwrap().as_millisecond();
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let order = (world(), any::<u64>());
    let test = |(told, seed): (Vec<Told>, u64)| {
        let mut model = Model::default();
        let mut deliveries = Vec::new();
        for (happened, times) in told {
            if times > 0 {
                model.take(now, &happened);
            }
            deliveries.extend(std::iter::repeat_n(happened, times));
        }
        fastrand::Rng::with_seed(seed).shuffle(&mut deliveries);
        let id = APPS.fetch_add(1, Ordering::Relaxed);
        let sums = runtime.block_on(counted(db, app(id), now, deliveries));
        prop_assert_eq!(sums, model.sums());
        Ok(())
    };
    TestRunner::new(config).run(&order, test).unwrap();
}

#[test]
fn sums_on_sqlite_are_those_of_plain_sets() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = Place::File(folder.path().join("ledger.db"));
    let db = runtime.block_on(Db::open(&place)).unwrap();
    holds_on(&db, &runtime, 48);
}

#[test]
fn sums_on_postgres_are_those_of_plain_sets() {
    let runtime = Runtime::new().unwrap();
    let place = Place::Postgres(Postgres::shared().database("ledger"));
    let db = runtime.block_on(Db::open(&place)).unwrap();
    holds_on(&db, &runtime, 24);
}

#[test]
fn what_comes_at_once_on_postgres_counts_once() {
    let runtime = Runtime::new().unwrap();
    let place = Place::Postgres(Postgres::shared().database("at_once"));
    let db = runtime.block_on(Db::open(&place)).unwrap();
    let now = NOW.parse::<Timestamp>().unwrap().as_millisecond();
    let app = app(1);
    // Each of 20 users and 20 groups, eight times, sixteen transactions at once.
    let told = (0..320_u32).map(|n| {
        let (user, hours) = (u8::try_from(n % 20).unwrap(), i64::from(n % 20));
        match n / 20 % 2 {
            0 => Happened::Login { user, hours },
            _ => Happened::Group { group: user, class: "Public", created: true, hours },
        }
    });
    runtime.block_on(async {
        let zone = app.zone.clone();
        // No more than there are connections: who waits for one longer than the endpoint's patience is refused.
        let one = async |happened: Happened| deliver(&db, &app, now, &[happened]).await;
        stream::iter(told.map(one)).buffer_unordered(16).collect::<Vec<_>>().await;
        let month = When::new(&zone, now).month;
        let read = move |queries: &mut dyn Queries| {
            let running = groups::standing(
                queries,
                1,
                planguard_endpoint::provider::GroupsBefore {
                    day: jiff::civil::date(2026, 11, 1),
                    non_av_groups: 5,
                    av_groups: 0,
                    communities: 0,
                },
                When::new(&zone, now),
            )?;
            Ok((of_period(queries, 1, month_number(month))?, running))
        };
        let (sums, standing) = db.read(read).await.unwrap();
        assert_eq!((sums["mau"], sums["webhooks"], sums["webhooks_repeated"]), (20, 320, 140), "{sums:?}");
        let standing = standing.unwrap();
        assert_eq!((standing.non_av, standing.peak), (25, Some(25)));
    });
}

#[test]
fn no_figure_of_the_provider_is_too_large_to_count_with() {
    let runtime = Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("l.db").to_string_lossy().into_owned();
    let db = runtime.block_on(Db::open(&Place::parse(&place).unwrap())).unwrap();
    let when = When::new(&TimeZone::UTC, NOW.parse::<Timestamp>().unwrap().as_millisecond());
    let net = move |queries: &mut dyn Queries| {
        groups::changed(queries, 1, when, groups::Class::NonAv, false)?;
        groups::alarm(queries, 1, when, i64::MAX, i64::MAX)?;
        groups::changed(queries, 1, when, groups::Class::NonAv, true)?;
        groups::net_new(queries, 1, when.date)
    };
    assert_eq!(runtime.block_on(db.write(net)).unwrap(), i64::MAX);
}
