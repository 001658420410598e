//! The main job end to end, on loopback, with nothing but Rust.
//!
//! Starts the reference billing endpoint in process, opens a guard on SQLite and walks through what an app does in
//! its life: sync, gate features, hit limits, log in, relaunch, go offline, come back, and look at the bill.
//!
//! `cargo run --example quickstart`
#![allow(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use planguard::SqliteStore;
use planguard::login::LoginRequest;
use planguard::time::Timestamp;
use planguard::time::{Clock, ManualClock};
use planguard::{
    Action, Assessment, Feature, GroupId, GroupType, LimitId, Observation, Planguard, Remedy, SdkAppId,
    UserId,
};
use planguard::{FetchPolicy, Reservation};
use planguard::{LoginIntent, LoginOutcome, ProviderError};
use planguard_endpoint::{DEFAULT_APP, Endpoint, Options};
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
    let ada = UserId::new("ada")?;

    heading("1. Sync: what is our plan?");
    sync_and_show_plan(&guard).await?;
    heading("2. Gate features by edition");
    gate_features(&guard);
    heading("3. Warn before a limit, deny with a priced remedy");
    meet_limits(&guard, ada).await?;
    heading("4. A push wakes the phone before Ada has opened chat this month");
    defer(&guard, ada).await?;
    heading("5. Ada opens chat: a storm of 1,000 concurrent logins");
    storm(&guard, ada).await?;
    drop(guard);
    clock.advance(Duration::from_secs(1_800));
    heading("6. Relaunch half an hour later: the ledger remembers");
    let guard = open().await?;
    relaunch(&guard, ada).await?;
    heading("7. Ada's tablet kicks her phone off");
    kicked_off(&guard, ada, &clock).await?;
    heading("8. Offline: the last good entitlements, with their age");
    offline(&guard, &endpoint, &clock).await?;
    heading("9. Back online: the outbox is delivered");
    online(&guard, &endpoint).await?;
    heading("10. The ledger, and what the month costs so far");
    report(&guard).await?;
    Ok(())
}

fn heading(text: &str) {
    println!("\n{text}\n{}", "-".repeat(text.len()));
}

/// The billing endpoint that an app's owner would run, here in process and on loopback.
async fn start_endpoint(clock: &ManualClock) -> Result<Endpoint, Box<dyn Error>> {
    let time = clock.clone();
    let now = move || jiff::Timestamp::from_millisecond(time.now().as_millis()).unwrap_or_default();
    let document = json!({
        "schema": 1, "revision": 42, "sdk_app_id": DEFAULT_APP, "catalog": "intl-2024", "edition": "standard",
        "subscription": { "starts_at": "2024-08-05T02:00:00Z", "expires_at": "2024-09-05T02:00:00Z" },
        "arrears_since": null, "value_added": [], "applications": [], "limits": {}, "features": {},
        "usage": { "as_of": "2024-08-20T01:00:00Z", "mau": 10_050, "non_av_groups": 10, "av_groups": 2,
                   "net_new_groups_today": 3 },
        "issued_at": "2024-08-20T01:00:00Z", "fresh_for_secs": 300
    });
    let options = Options { clock: planguard_endpoint::Clock::from_fn(now), document, ..Options::default() };
    let endpoint = Endpoint::start(options).await?;
    println!("billing endpoint on {}", endpoint.url());
    Ok(endpoint)
}

async fn sync_and_show_plan(guard: &Planguard) -> Outcome {
    guard.sync(FetchPolicy::StaleWhileRevalidate).await?;
    let entitlements = guard.entitlements();
    let (catalog, edition) = (entitlements.catalog, entitlements.edition);
    println!(
        "price list {}, edition {}, {:?}",
        catalog.map_or_else(|| "unknown".to_owned(), |id| id.to_string()),
        edition.map_or_else(|| "unknown".to_owned(), |id| id.to_string()),
        guard.lifecycle()
    );
    for limit in [LimitId::FriendsPerUser, LimitId::GroupsPerUser, LimitId::MembersPerGroup, LimitId::FreeMau]
    {
        if let Some(effective) = entitlements.limit(limit) {
            let max = effective.max.to_string();
            println!("  {limit:<20} {max:>9}   from the {:?}", effective.authority);
        }
    }
    Ok(())
}

fn gate_features(guard: &Planguard) {
    for feature in [Feature::GlobalCoverage, Feature::Community, Feature::GroupReadReceipts] {
        let decision = guard.explain_feature(feature);
        println!("  {feature:<20} granted: {:<5} ({})", decision.granted, decision.reason.as_str());
        for remedy in decision.remedies() {
            println!("    way out: {}", describe(&remedy));
        }
    }
}

async fn meet_limits(guard: &Planguard, ada: UserId) -> Outcome {
    guard.observe(&Observation::Groups { user: ada, count: 480 }).await;
    let join = |group: &str| -> Result<Action, Box<dyn Error>> {
        Ok(Action::JoinGroup { user: ada, group: GroupId::new(group)?, kind: GroupType::Public })
    };
    show(&guard.assess(&join("book-club")?));
    let mut joined = 0;
    loop {
        match guard.reserve(&join(&format!("group-{joined}"))?).await {
            Reservation::Held(permit) => {
                permit.commit().await;
                joined += 1;
            }
            Reservation::Denied(denied) => {
                println!("  joined {joined} more groups, then:");
                show(&denied);
                break;
            }
        }
    }
    let group = GroupId::new("all-hands")?;
    guard.observe(&Observation::Group { group, members: 153, own_max: None }).await;
    show(&guard.assess(&Action::AddMembers { group, kind: GroupType::Work, count: 60 }));
    Ok(())
}

fn show(assessment: &Assessment) {
    println!("  {}: {}", assessment.decision, assessment.reason.as_str());
    if let Some(tightest) = assessment.tightest() {
        let evidence = tightest.evidence;
        println!(
            "    {}: {} of {} used, {} of the {} asked for fit; limit from the {:?}, usage {:?}",
            tightest.limit,
            evidence.used,
            evidence.max.map_or_else(|| "unknown".to_owned(), |max| max.to_string()),
            tightest.fits,
            tightest.requested,
            evidence.authority,
            evidence.usage_origin
        );
    }
    for remedy in assessment.remedies() {
        println!("    way out: {}", describe(&remedy));
    }
}

fn describe(remedy: &Remedy) -> String {
    match remedy {
        Remedy::ChangeEdition { to, extra_per_month, raises_to, loses_features, .. } => {
            let price = extra_per_month.map_or_else(String::new, |price| format!(", {price} a month more"));
            let limit = raises_to.map_or_else(String::new, |max| format!(", limit then {max}"));
            format!("change to {to}{price}{limit}, features lost: {}", loses_features.len())
        }
        Remedy::Remove { limit, count } => format!("leave or remove {count} ({limit})"),
        Remedy::Reduce { to, .. } => format!("ask for {to} only"),
        Remedy::BuyService { service, price_per_month, .. } => match price_per_month {
            Some(price) => format!("buy {service} for {price} a month"),
            None => format!("buy {service}"),
        },
        other => format!("{other:?}"),
    }
}

async fn storm(guard: &Planguard, ada: UserId) -> Outcome {
    let calls = AtomicU32::new(0);
    let request = LoginRequest::new(ada, LoginIntent::OpenChat);
    let outcomes = join_all((0..1_000).map(|_| guard.login_with(request, || chat_sdk_login(&calls)))).await;
    let (mut executed, mut joined, mut already) = (0, 0, 0);
    for outcome in outcomes {
        match outcome? {
            LoginOutcome::Executed { mau, .. } => {
                executed += 1;
                println!(
                    "  the one that ran: new active user: {}, at the margin {}, warning: {}",
                    mau.new_in_month,
                    mau.price.map_or_else(|| "unknown".to_owned(), |price| price.to_string()),
                    mau.warning.map_or_else(|| "none".to_owned(), |warning| format!("{warning:?}"))
                );
            }
            LoginOutcome::Joined => joined += 1,
            LoginOutcome::AlreadyLoggedIn => already += 1,
            other => return Err(format!("unexpected: {other:?}").into()),
        }
    }
    let calls = calls.load(Ordering::SeqCst);
    println!(
        "  1000 logins -> {calls} upstream call; executed {executed}, joined {joined}, already {already}"
    );
    if calls == 1 { Ok(()) } else { Err("the storm was not held".into()) }
}

/// Stands in for the chat SDK: counts its calls and lets others run meanwhile.
async fn chat_sdk_login(calls: &AtomicU32) -> Result<(), ProviderError> {
    calls.fetch_add(1, Ordering::SeqCst);
    tokio::task::yield_now().await;
    Ok(())
}

async fn defer(guard: &Planguard, ada: UserId) -> Outcome {
    let calls = AtomicU32::new(0);
    let woken = LoginRequest::new(ada, LoginIntent::PushWake);
    match guard.login_with(woken, || chat_sdk_login(&calls)).await? {
        LoginOutcome::Deferred { reason, until, alternative } => {
            println!("  deferred ({reason:?}) until {until:?}; meanwhile: {alternative:?}");
            Ok(())
        }
        other => Err(format!("a push made an active user: {other:?}").into()),
    }
}

async fn relaunch(guard: &Planguard, ada: UserId) -> Outcome {
    let calls = AtomicU32::new(0);
    let launch = LoginRequest::new(ada, LoginIntent::AppLaunch);
    match guard.login_with(launch, || chat_sdk_login(&calls)).await? {
        LoginOutcome::Executed { mau, .. } => {
            println!("  logged in at launch; new active user: {} (already counted)", mau.new_in_month);
            if mau.new_in_month {
                return Err("counted twice".into());
            }
        }
        other => return Err(format!("unexpected: {other:?}").into()),
    }
    let open_chat = LoginRequest::new(ada, LoginIntent::OpenChat);
    let outcome = guard.login_with(open_chat, || chat_sdk_login(&calls)).await?;
    println!(
        "  asked again: {outcome:?}, upstream calls since the relaunch: {}",
        calls.load(Ordering::SeqCst)
    );
    Ok(())
}

async fn kicked_off(guard: &Planguard, ada: UserId, clock: &ManualClock) -> Outcome {
    let calls = AtomicU32::new(0);
    // From the chat SDK's callback. It is kept, so a restart changes nothing about it.
    guard.session(&ada).kicked_off().await;
    let woken = LoginRequest::new(ada, LoginIntent::PushWake);
    match guard.login_with(woken, || chat_sdk_login(&calls)).await? {
        LoginOutcome::Denied { reason, .. } => println!("  a push: denied ({})", reason.as_str()),
        other => return Err(format!("a push kicked the tablet off: {other:?}").into()),
    }
    clock.advance(Duration::from_secs(60));
    let confirmed = LoginRequest::new(ada, LoginIntent::AfterKick { confirmed: true });
    let outcome = guard.login_with(confirmed, || chat_sdk_login(&calls)).await?;
    println!("  Ada asks to come back: logged in {}", outcome.is_logged_in());
    Ok(())
}

async fn offline(guard: &Planguard, endpoint: &Endpoint, clock: &ManualClock) -> Outcome {
    endpoint.go_offline().await;
    clock.advance(Duration::from_secs(3 * 3600));
    match guard.sync(FetchPolicy::Fetch).await {
        Ok(outcome) => return Err(format!("the endpoint is down: {outcome:?}").into()),
        Err(error) => println!("  sync: {error}"),
    }
    let decision = guard.explain_feature(Feature::Community);
    let age = decision.evidence.age.as_secs() / 60;
    println!(
        "  community: granted {}, stale: {}, as of {} ({age} minutes ago)",
        decision.granted,
        decision.evidence.stale,
        decision.evidence.entitlements_as_of.unwrap_or(Timestamp::MIN)
    );
    Ok(())
}

async fn online(guard: &Planguard, endpoint: &Endpoint) -> Outcome {
    endpoint.go_online().await?;
    guard.sync(FetchPolicy::Fetch).await?;
    let flushed = guard.flush().await;
    println!(
        "  outbox: {} events delivered, {} waiting; the endpoint holds {}",
        flushed.delivered,
        flushed.waiting,
        endpoint.events().received.len()
    );
    println!("  stale now: {}", guard.entitlements().is_stale(guard.now()));
    if flushed.delivered > 0 && flushed.waiting == 0 {
        Ok(())
    } else {
        Err("the outbox was not delivered".into())
    }
}

async fn report(guard: &Planguard) -> Outcome {
    let month = guard.billing_month();
    let report = guard.login_report(month).await?;
    println!(
        "  {month}: {} logins asked for, {} carried out, {} joined",
        report.asked(),
        report.executed,
        report.joined
    );
    println!("  needed no login: {:?}  (spares requests and battery, no active user)", report.suppressed);
    println!(
        "  active users made here: {}; put off: {} users, of whom {} never opened chat this month",
        report.new_active_users, report.deferred_users, report.deferred_users_never_active
    );
    let forecast = guard.forecast()?;
    println!("  the month so far:");
    let currency = forecast.low.currency.map_or("", planguard::billing::Currency::as_str);
    for line in &forecast.low.lines {
        let amount = line.amount().map_or_else(|| "no price".to_owned(), |amount| amount.amount_text());
        println!("    {:<20} {:>6} for {amount:>8} {currency}   {}", line.item, line.quantity, line.source);
    }
    let total = forecast.low.total().map_or_else(|| "incomplete".to_owned(), |total| total.amount_text());
    println!("    total {total} {currency}");
    Ok(())
}
