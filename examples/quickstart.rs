//! The main job end to end, on loopback, with nothing but Rust.
//!
//! Starts the reference billing endpoint in process, opens a guard on SQLite and walks through what an app does in
//! its life: sync, gate features, meet limits, log in, relaunch, go offline, come back, and look at the bill.
//!
//! `cargo run --example quickstart`
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use planguard::billing::Bill;
use planguard::time::{Clock, ManualClock};
use planguard::{
    Action, Assessment, Feature, FetchPolicy, GroupId, GroupType, LimitId, Locale, LoginIntent, LoginOutcome,
    Observation, Planguard, ProviderError, Refused, Remedy, SdkAppId, SqliteStore, User,
};
use planguard_endpoint_faults::{DEFAULT_APP, Endpoint, Options};
use serde_json::json;

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("planguard.db");
    // A clock turned by hand makes the story reproducible; an app leaves it out and gets the machine's clock.
    let clock = ManualClock::at("2024-08-20T02:00:00Z".parse()?);
    let endpoint = start_endpoint(&clock).await?;
    let open = async || -> Result<Planguard, Box<dyn Error>> {
        let builder = Planguard::builder(SdkAppId::new(DEFAULT_APP)?)
            .store(SqliteStore::open(&path)?)
            .clock(clock.clone())
            .endpoint(endpoint.url());
        Ok(builder.open().await?)
    };
    let guard = open().await?;

    heading("1. What is our plan?");
    show_plan(&guard).await?;
    heading("2. Is this feature in our plan?");
    gate_features(&guard);
    heading("3. Does this fit our limits?");
    meet_limits(&guard).await?;
    heading("4. A push wakes the phone, and Ada has not opened chat this month");
    push(&guard).await?;
    heading("5. Ada opens chat, and 1,000 parts of the app ask to log her in at once");
    storm(&guard).await?;
    drop(guard);
    clock.advance(Duration::from_secs(1_800));
    heading("6. The app starts again half an hour later");
    let guard = open().await?;
    relaunch(&guard).await?;
    heading("7. Ada opens chat on her tablet, which logs her phone out");
    kicked_off(&guard, &clock).await?;
    heading("8. The network is gone for three hours");
    offline(&guard, &endpoint, &clock).await?;
    heading("9. The network is back");
    online(&guard, &endpoint).await?;
    heading("10. What did the guard do, and what will August cost?");
    report(&guard).await
}

fn heading(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// Says something, capitalised and with a full stop.
fn say(text: &impl std::fmt::Display) {
    let text = text.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', ':', '?']) { "" } else { "." };
    println!("{first}{}{end}", letters.as_str());
}

/// A text broken into lines.
fn paragraph(indent: &str, text: &str) {
    let lines = textwrap::Options::new(90).initial_indent(indent).subsequent_indent(indent);
    println!("{}", textwrap::fill(text, lines));
}

fn ways_out(remedies: &[Remedy]) {
    for (number, way_out) in remedies.iter().enumerate() {
        println!("  {} {way_out}", if number == 0 { "Ways out:" } else { "         " });
    }
}

/// The billing endpoint that an app's owner would run, here in process and on loopback.
async fn start_endpoint(clock: &ManualClock) -> Result<Endpoint, Box<dyn Error>> {
    let time = clock.clone();
    let now = move || jiff::Timestamp::from_millisecond(time.now().as_millis()).unwrap_or_default();
    let document = json!({
        "schema": 1, "revision": 42, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2024-08-05T02:00:00Z", "expires_at": "2024-09-05T02:00:00Z" },
        "arrears_since": null, "value_added": [], "applications": [], "limits": {}, "features": {},
        "usage": { "as_of": "2024-08-20T01:00:00Z", "mau": 8_123, "non_av_groups": 10, "av_groups": 2,
                   "net_new_groups_today": 3 },
        "issued_at": "2024-08-20T01:00:00Z", "fresh_for_secs": 300
    });
    let options =
        Options { clock: planguard_endpoint_faults::Clock::from_fn(now), document, ..Options::default() };
    let endpoint = Endpoint::start(options).await?;
    println!(
        "It is 20 August 2024, 10 o'clock in Beijing. The app's billing endpoint runs on {}.",
        endpoint.url()
    );
    Ok(endpoint)
}

async fn show_plan(guard: &Planguard) -> Outcome {
    guard.sync(FetchPolicy::StaleWhileRevalidate).await?;
    let entitlements = guard.entitlements();
    let (Some(catalog), Some(edition)) = (entitlements.catalog, entitlements.edition) else {
        return Err("the endpoint names price list and edition".into());
    };
    say(&format!("the {} edition, by the {}", edition.name(Locale::En), catalog.name(Locale::En)));
    say(&guard.lifecycle());
    for limit in [LimitId::FreeMau, LimitId::FriendsPerUser, LimitId::GroupsPerUser, LimitId::MembersPerGroup]
    {
        if let Some(effective) = entitlements.limit(limit) {
            println!("  {:>9}  {}", thousands(&effective.max.to_string()), limit.name(Locale::En));
        }
    }
    Ok(())
}

fn gate_features(guard: &Planguard) {
    for feature in [Feature::GlobalCoverage, Feature::Community] {
        let answer = guard.explain_feature(feature);
        say(&answer);
        ways_out(&answer.remedies());
    }
    println!("The same for a Chinese screen:");
    let community = guard.explain_feature(Feature::Community);
    println!("  {}", community.explain(Locale::ZhHans));
    for way_out in community.remedies() {
        println!("  {}", way_out.explain(Locale::ZhHans));
    }
}

async fn meet_limits(guard: &Planguard) -> Outcome {
    let ada = guard.user("ada")?;
    // What the chat SDK's own list says.
    guard.observe(&Observation::Groups { user: ada.id(), count: 480 }).await;
    let join = |group: &str| -> Result<Action, Box<dyn Error>> {
        Ok(Action::JoinGroup { user: ada.id(), group: GroupId::new(group)?, kind: GroupType::Public })
    };
    println!("Ada is in 480 groups and looks at the book club:");
    show(&guard.assess(&join("book-club")?));
    let calls = AtomicU32::new(0);
    let mut joined = 0;
    let denied = loop {
        let action = join(&format!("group-{joined}"))?;
        match guard.perform(&action, || chat_sdk_call(&calls)).await {
            Ok(()) => joined += 1,
            Err(Refused::ByPlan(denied)) => break denied,
            Err(refused) => return Err(format!("unexpected: {refused:?}").into()),
        }
    };
    println!("She joins {joined} groups. The next one is not sent to the chat SDK:");
    show(&denied);
    if calls.load(Ordering::SeqCst) != joined {
        return Err("a join beyond the limit was sent".into());
    }
    let group = GroupId::new("all-hands")?;
    guard.observe(&Observation::Group { group, members: 153, own_max: None }).await;
    println!("A group has 153 members, and 60 are to be invited:");
    show(&guard.assess(&Action::AddMembers { group, kind: GroupType::Work, count: 60 }));
    Ok(())
}

fn show(assessment: &Assessment) {
    println!("  {assessment}");
    ways_out(&assessment.remedies());
}

/// Takes the chat SDK's place: counts its calls and lets others run meanwhile.
async fn chat_sdk_call(calls: &AtomicU32) -> Result<(), ProviderError> {
    calls.fetch_add(1, Ordering::SeqCst);
    tokio::task::yield_now().await;
    Ok(())
}

async fn ask(
    guard: &Planguard,
    user: &User,
    intent: LoginIntent,
) -> Result<LoginOutcome<()>, Box<dyn Error>> {
    let calls = AtomicU32::new(0);
    let outcome = guard.login(user, intent, || chat_sdk_call(&calls)).await?;
    Ok(outcome)
}

async fn push(guard: &Planguard) -> Outcome {
    let outcome = ask(guard, &guard.user("ada")?, LoginIntent::PushWake).await?;
    paragraph("", &outcome.explain(Locale::En));
    if matches!(outcome, LoginOutcome::Deferred { .. }) {
        Ok(())
    } else {
        Err("a push made an active user".into())
    }
}

async fn storm(guard: &Planguard) -> Outcome {
    let (ada, calls) = (guard.user("ada")?, AtomicU32::new(0));
    let login = |_| guard.login(ada, LoginIntent::OpenChat, || chat_sdk_call(&calls));
    let mut answered = 0;
    for outcome in join_all((0..1_000).map(login)).await {
        match outcome? {
            executed @ LoginOutcome::Executed { .. } => paragraph("", &executed.explain(Locale::En)),
            LoginOutcome::Joined | LoginOutcome::AlreadyLoggedIn => answered += 1,
            other => return Err(format!("unexpected: {other}").into()),
        }
    }
    let calls = calls.load(Ordering::SeqCst);
    println!(
        "The chat SDK logged in {calls} time; the other {answered} callers got the answer of that login."
    );
    if calls == 1 { Ok(()) } else { Err("the storm was not held".into()) }
}

async fn relaunch(guard: &Planguard) -> Outcome {
    let ada = guard.user("ada")?;
    println!("At launch, before Ada does anything:");
    let launch = ask(guard, &ada, LoginIntent::AppLaunch).await?;
    paragraph("  ", &launch.explain(Locale::En));
    if !matches!(launch, LoginOutcome::Executed { mau, .. } if !mau.new_in_month) {
        return Err("counted twice".into());
    }
    println!("When she opens chat:");
    paragraph("  ", &ask(guard, &ada, LoginIntent::OpenChat).await?.explain(Locale::En));
    Ok(())
}

async fn kicked_off(guard: &Planguard, clock: &ManualClock) -> Outcome {
    let ada = guard.user("ada")?;
    // From the chat SDK's callback. It is kept, so a restart changes nothing about it.
    guard.session(ada).kicked_off().await;
    println!("A push comes to the phone:");
    let woken = ask(guard, &ada, LoginIntent::PushWake).await?;
    paragraph("  ", &woken.explain(Locale::En));
    if woken.is_logged_in() {
        return Err("a push logged the tablet out".into());
    }
    clock.advance(Duration::from_secs(60));
    println!("Ada takes the phone and asks to come back:");
    paragraph("  ", &ask(guard, &ada, LoginIntent::AfterKick { confirmed: true }).await?.explain(Locale::En));
    Ok(())
}

async fn offline(guard: &Planguard, endpoint: &Endpoint, clock: &ManualClock) -> Outcome {
    endpoint.go_offline().await?;
    clock.advance(Duration::from_secs(3 * 3600));
    match guard.sync(FetchPolicy::Fetch).await {
        Ok(_) => return Err("the endpoint is down".into()),
        Err(error) => paragraph("", &format!("A sync fails. {}", error.explain(Locale::En))),
    }
    println!("The guard goes on answering from its copy, and says how old it is:");
    paragraph("  ", &guard.explain_feature(Feature::Community).explain(Locale::En));
    Ok(())
}

async fn online(guard: &Planguard, endpoint: &Endpoint) -> Outcome {
    endpoint.go_online().await?;
    guard.sync(FetchPolicy::Fetch).await?;
    let flushed = guard.flush().await;
    let arrived = endpoint.events().received.len();
    println!(
        "The plan is confirmed, and {} usage events are delivered; the endpoint has {arrived}.",
        flushed.delivered
    );
    if guard.feature(Feature::Community).stale || flushed.delivered == 0 || flushed.waiting > 0 {
        return Err("the outbox was not delivered".into());
    }
    Ok(())
}

async fn report(guard: &Planguard) -> Outcome {
    let report = guard.login_report(guard.billing_month()).await?;
    let suppressed = report.suppressed.values().sum::<u64>();
    let held_back = report.deferred.values().chain(report.denied.values()).sum::<u64>();
    println!("Logins in August:");
    let rows = [
        (report.asked(), "asked for by the app"),
        (report.executed, "carried out by the chat SDK"),
        // Both save requests and battery, and no active user.
        (report.joined, "answered by another login of the same user"),
        (suppressed, "needed no login: the user was logged in"),
        (held_back, "put off or refused"),
    ];
    for (count, what) in rows {
        println!("  {:>9}  {what}", thousands(&count.to_string()));
    }
    println!("Users in August:");
    let rows = [
        (report.new_active_users, "became active on this phone"),
        (report.deferred_users, "whose login was put off"),
        (report.deferred_users_never_active, "of those did not open chat: the active users avoided so far"),
    ];
    for (count, what) in rows {
        println!("  {:>9}  {what}", thousands(&count.to_string()));
    }
    let month = guard.forecast()?;
    println!("\nThe bill, if nothing more is used:");
    bill(&month.low);
    println!("The bill, if August goes on at this pace:");
    bill(&month.linear);
    Ok(())
}

fn bill(bill: &Bill) {
    for usage in &bill.included {
        println!("  {:>13}  {usage}", "");
    }
    for line in &bill.lines {
        let what = match line.item.as_str() {
            "plan:standard" => "the Standard plan".to_owned(),
            "overage:mau" => {
                format!("{} active users beyond the quota", thousands(&line.quantity.to_string()))
            }
            other => other.to_owned(),
        };
        println!(
            "  {:>9} USD  {what}",
            line.amount().map_or_else(|| "unknown".to_owned(), |line| cents(&line.amount_text()))
        );
    }
    let total = bill.total().map_or_else(|| "unknown".to_owned(), |total| cents(&total.amount_text()));
    println!("  {total:>9} USD  in all\n");
}

/// `1234.5` as `1,234.50`.
fn cents(amount: &str) -> String {
    let (whole, parts) = amount.split_once('.').unwrap_or((amount, ""));
    format!("{}.{parts:0<2}", thousands(whole))
}

/// `1234` as `1,234`. What is no number stays as it is.
fn thousands(number: &str) -> String {
    if !number.bytes().all(|digit| digit.is_ascii_digit()) {
        return number.to_owned();
    }
    let digits: Vec<char> = number.chars().collect();
    let groups: Vec<String> = digits.rchunks(3).rev().map(|group| group.iter().collect()).collect();
    groups.join(",")
}
