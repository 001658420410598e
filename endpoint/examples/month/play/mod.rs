//! One month, played: phones with planguard, a chat SDK, webhooks, and a count by plain sets beside it.

mod device;
mod expect;
mod log;
mod outcome;
mod provider;
mod server;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, TryStreamExt as _};
use planguard::login::LoginIntent;
use planguard::time::{BillingMonth, Clock as _, ManualClock, Timestamp};

use device::Device;
use expect::Journal;
use provider::Provider;
use server::Server;

pub(crate) use log::{Message, busiest, read, zone};
pub(crate) use outcome::Outcome;

type Failed = Box<dyn std::error::Error>;

/// What is played.
pub(crate) struct Options {
    /// `postgres://…`, or the path of a file.
    pub(crate) database: String,
    /// Which month of the log, in UTC+08:00.
    pub(crate) month: BillingMonth,
    /// How many of a hundred webhooks are lost.
    pub(crate) lose_percent: u32,
}

/// Phones that deliver their events at once at the end of a day.
const AT_ONCE: usize = 32;

/// Plays a month.
pub(crate) async fn play(options: &Options, messages: &[Message]) -> Result<Outcome, Failed> {
    let zone = zone();
    let played: Vec<&Message> = messages.iter().filter(|it| zone.month(it.at) == options.month).collect();
    let clock = ManualClock::at(zone.start_of(options.month.first_date()));
    let server = Server::start(options, &clock).await?;
    let journal = Arc::new(Journal::default());
    let provider = Provider::new(&server.url, &clock, Arc::clone(&journal), options.lose_percent);
    let mut devices: BTreeMap<&str, Device> = BTreeMap::new();
    let mut groups = Vec::new();
    let mut day = None;
    for (number, message) in played.iter().enumerate() {
        if day.is_some_and(|day| day != zone.day(message.at)) {
            end_of_day(&mut devices).await?;
        }
        day = Some(zone.day(message.at));
        turn(&clock, message.at);
        for (user, intent) in
            [(&message.sender, LoginIntent::OpenChat), (&message.receiver, LoginIntent::PushWake)]
        {
            let device = match devices.entry(user.as_str()) {
                std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::btree_map::Entry::Vacant(new) => new.insert(Device::new(user)),
            };
            device.ask(&server, &clock, &provider, intent).await?;
        }
        // Groups come and go with the messages, so that their webhooks are among the others.
        if number % 40 == 0 {
            groups.push(format!("@TGS#{number}"));
            provider.group(groups.last().map_or("", String::as_str), true).await?;
        }
        if number % 90 == 89 && !groups.is_empty() {
            let gone = groups.remove(0);
            provider.group(&gone, false).await?;
        }
    }
    end_of_day(&mut devices).await?;
    let senders = played.iter().map(|message| message.sender.as_str());
    let expected = journal.expected(&senders.collect());
    Outcome::of(options, &server, expected, journal.lost(), played.len(), clock.now()).await
}

/// Every phone delivers its events, many at once, and its app ends.
async fn end_of_day(devices: &mut BTreeMap<&str, Device>) -> Result<(), Failed> {
    stream::iter(devices.values_mut().map(Ok)).try_for_each_concurrent(AT_ONCE, Device::end).await?;
    Ok(())
}

/// Turns the clock forward to an instant.
fn turn(clock: &ManualClock, at: Timestamp) {
    let by = at.since(clock.now());
    if by > Duration::ZERO {
        clock.advance(by);
    }
}
