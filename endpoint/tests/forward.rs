//! Forwarding: what was taken goes out once, in batches, on both databases.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use std::sync::Arc;

use common::{APP, World, event, on_each_database};
use jiff::SignedDuration;
use parking_lot::Mutex;
use planguard::sync::{Request, Response, Transport, TransportError};
use planguard_endpoint::forward::{self, Forwarder, State};
use planguard_endpoint::outgoing::{Answer, Outgoing};
use serde_json::{Value, json};

const FORWARD: &str = r#"
[app.forward]
url = "http://127.0.0.1:9/api/v1/events"
header = "Authorization: Bearer of the meter"
batch = 4
backlog = 10
"#;

/// A meter that refuses bodies with a certain id in them, and is down at will.
#[derive(Clone, Default)]
struct Meter {
    down: Arc<Mutex<bool>>,
    poison: Option<&'static str>,
    taken: Arc<Mutex<Vec<Value>>>,
    headers: Arc<Mutex<Vec<(String, String)>>>,
}

impl Meter {
    fn ids(&self) -> Vec<String> {
        self.taken.lock().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }
}

impl Transport for Meter {
    fn send(
        &self,
        request: Request,
        _: usize,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + '_>> {
        Box::pin(async move {
            let header = |name: &str| request.headers()[name].to_str().unwrap().to_owned();
            self.headers.lock().push((header("content-type"), header("authorization")));
            let events: Vec<Value> = serde_json::from_slice(request.body()).unwrap();
            let mut response = Response::new(Vec::new());
            let poisoned = events.iter().any(|event| Some(event["id"].as_str().unwrap()) == self.poison);
            *response.status_mut() = match (*self.down.lock(), poisoned) {
                (true, _) => 503.try_into().unwrap(),
                (false, true) => 400.try_into().unwrap(),
                (false, false) => 204.try_into().unwrap(),
            };
            if response.status().is_success() {
                self.taken.lock().extend(events);
            }
            Ok(response)
        })
    }
}

async fn take(world: &World, ids: impl IntoIterator<Item = u32>) {
    let events: Vec<Value> = ids.into_iter().map(|id| event(&format!("e{id:03}"))).collect();
    assert_eq!(world.send(&json!(events)).send().await.unwrap().status(), 202);
}

fn forwarder(world: &World, meter: &Meter) -> Forwarder {
    let config = world.service.config.app(APP).unwrap().forward.clone().unwrap();
    let outgoing = Outgoing::over(meter.clone());
    Forwarder::new(APP.cast_signed(), Arc::new(config), outgoing, world.service.db.clone())
}

/// Turns until nothing is due. How many events each turn sent.
async fn run(world: &World, forwarder: &Forwarder) -> Vec<usize> {
    let mut sent = Vec::new();
    while let Some((events, _)) = forwarder.turn(world.time.now().as_millisecond()).await.unwrap().sent {
        sent.push(events);
    }
    sent
}

async fn state(world: &World) -> State {
    world.service.db.read(|queries| forward::state(queries, APP.cast_signed())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_goes_out_once_in_batches_with_its_id_and_a_subject() {
    on_each_database(FORWARD, async |world| {
        let meter = Meter::default();
        take(&world, 0..6).await;
        take(&world, 3..9).await;
        assert_eq!(run(&world, &forwarder(&world, &meter)).await, [4, 4, 1]);
        let ids: Vec<String> = (0..9).map(|id| format!("e{id:03}")).collect();
        assert_eq!(meter.ids(), ids);
        let first = meter.taken.lock()[0].clone();
        assert_eq!(first["subject"], "app-1400000001");
        assert_eq!(first["data"], event("e000")["data"]);
        let expected = ("application/cloudevents-batch+json".to_owned(), "Bearer of the meter".to_owned());
        assert_eq!(meter.headers.lock()[0], expected);
        assert_eq!(state(&world).await, State { forwarded: 9, ..State::default() });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meter_that_is_down_gets_everything_once_it_is_back_up_to_the_backlog() {
    on_each_database(FORWARD, async |world| {
        let meter = Meter::default();
        *meter.down.lock() = true;
        take(&world, 0..8).await;
        let forwarder = forwarder(&world, &meter);
        let now = world.time.now().as_millisecond();
        let turned = forwarder.turn(now).await.unwrap();
        assert_eq!(turned.sent, Some((4, Answer::Status(503))));
        assert!(turned.next.unwrap() > now);
        assert_eq!(run(&world, &forwarder).await, [0; 0], "not before its pause is over");
        take(&world, 8..20).await;
        assert_eq!(state(&world).await, State { waiting: 10, dropped: 10, ..State::default() });
        *meter.down.lock() = false;
        world.time.advance(SignedDuration::from_hours(1));
        run(&world, &forwarder).await;
        assert_eq!(meter.ids().len(), 10);
        assert_eq!(state(&world).await, State { forwarded: 10, dropped: 10, ..State::default() });
        take(&world, 20..21).await;
        assert_eq!(run(&world, &forwarder).await, [1], "there is room again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_clock_far_ahead_put_off_is_not_waited_for() {
    on_each_database(FORWARD, async |world| {
        let meter = Meter::default();
        *meter.down.lock() = true;
        take(&world, 0..2).await;
        let forwarder = forwarder(&world, &meter);
        let ahead = world.time.now() + SignedDuration::from_hours(24 * 100);
        let turned = forwarder.turn(ahead.as_millisecond()).await.unwrap();
        assert_eq!(turned.sent, Some((2, Answer::Status(503))));
        *meter.down.lock() = false;
        assert_eq!(run(&world, &forwarder).await, [2]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_refused_does_not_keep_the_others() {
    on_each_database(FORWARD, async |world| {
        let meter = Meter { poison: Some("e002"), ..Meter::default() };
        take(&world, 0..6).await;
        run(&world, &forwarder(&world, &meter)).await;
        assert_eq!(meter.ids(), ["e000", "e001", "e003", "e004", "e005"]);
        assert_eq!(state(&world).await, State { forwarded: 5, refused: 1, ..State::default() });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_on_one_database_forward_each_event_once() {
    on_each_database(FORWARD, async |world| {
        let meter = Meter::default();
        take(&world, 0..10).await;
        let now = world.time.now().as_millisecond();
        let runs = (0..4).map(|_| {
            let forwarder = forwarder(&world, &meter);
            tokio::spawn(async move {
                // A process that finds another one at it comes back.
                while forwarder.turn(now).await.unwrap().next.is_some() {}
            })
        });
        for run in runs.collect::<Vec<_>>() {
            run.await.unwrap();
        }
        let mut ids = meter.ids();
        ids.sort();
        ids.dedup();
        assert_eq!((meter.taken.lock().len(), ids.len()), (10, 10));
    })
    .await;
}
