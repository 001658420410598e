//! Notices: once each time a threshold is crossed, to every receiver that is there, on both databases.

#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use std::sync::Arc;

use common::{APP, Hand, World, on_each_database};
use jiff::SignedDuration;
use parking_lot::Mutex;
use planguard::sync::{Request, Response, Transport, TransportError};
use planguard_endpoint::db::Queries;
use planguard_endpoint::notices::{self, Courier, Figures, NoticesConfig};
use planguard_endpoint::outgoing::{Answer, Outgoing};

const APP_KEY: i64 = APP.cast_signed();

const RECEIVERS: &str = r#"
[[app.notices.receiver]]
name = "ops"
url = "http://127.0.0.1:9/ops"
secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_bmV3IHNlY3JldCBvZiB0aGUgcmVjZWl2ZXI="]

[[app.notices.receiver]]
name = "chat"
url = "http://127.0.0.1:9/chat"
secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
"#;

/// A receiver that answers as it is told, and keeps what it was sent.
#[derive(Clone, Default)]
struct Receiver {
    answers: Arc<Mutex<Vec<u16>>>,
    got: Arc<Mutex<Vec<Request>>>,
}

impl Receiver {
    /// Answers with these, then with 200.
    fn answering(statuses: &[u16]) -> Self {
        let answers = statuses.iter().rev().copied().collect();
        Self { answers: Arc::new(Mutex::new(answers)), got: Arc::default() }
    }

    fn ids(&self) -> Vec<String> {
        let header = |request: &Request| request.headers()["webhook-id"].to_str().unwrap().to_owned();
        self.got.lock().iter().map(header).collect()
    }

    fn texts(&self) -> Vec<String> {
        let text = |request: &Request| {
            let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
            body["text"].as_str().unwrap().to_owned()
        };
        self.got.lock().iter().map(text).collect()
    }
}

impl Transport for Receiver {
    fn send(
        &self,
        request: Request,
        _: usize,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + '_>> {
        Box::pin(async move {
            self.got.lock().push(request);
            let status = self.answers.lock().pop().unwrap_or(200);
            let mut response = Response::new(Vec::new());
            *response.status_mut() = status.try_into().unwrap();
            Ok(response)
        })
    }
}

fn config(world: &World) -> NoticesConfig {
    world.service.config.app(APP).unwrap().notices.clone()
}

/// Checks the thresholds at these figures, as the transaction that changed them does.
async fn check(world: &World, figures: Figures) -> usize {
    let (config, now) = (config(world), world.time.now().as_millisecond());
    let check = move |queries: &mut dyn Queries| notices::check(queries, &config, APP_KEY, &figures, now);
    world.service.db.write(check).await.unwrap()
}

fn mau(used: u64) -> Figures {
    Figures { month: "2026-11".into(), mau: Some(used), included: Some(10_000), ..Figures::default() }
}

fn courier(world: &World, name: &str, receiver: &Receiver) -> Courier {
    let config = config(world);
    let found = config.receivers.into_iter().find(|one| one.name == name).unwrap();
    Courier::new(APP_KEY, Arc::new(found), Outgoing::over(receiver.clone()), world.service.db.clone())
}

async fn turn(courier: &Courier, time: &Hand) -> Option<Answer> {
    courier.turn(time.now().as_millisecond()).await.unwrap().answer
}

/// Turns until nothing is due.
async fn run(courier: &Courier, time: &Hand) {
    while turn(courier, time).await.is_some() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_told_once_a_month_and_the_highest_of_those_crossed_at_once() {
    on_each_database(RECEIVERS, async |world| {
        let ops = Receiver::default();
        let courier = courier(&world, "ops", &ops);
        assert_eq!(check(&world, mau(7_999)).await, 0);
        assert_eq!(check(&world, mau(8_000)).await, 1);
        assert_eq!(check(&world, mau(8_001)).await, 0);
        assert_eq!(check(&world, mau(10_000)).await, 1, "95 and 100 are crossed at once");
        run(&courier, &world.time).await;
        // Both are due at once, in no order.
        let mut texts = ops.texts();
        texts.sort_by_key(|text| text.contains("100 %"));
        assert_eq!(
            texts,
            [
                "App 1400000001: 8,000 of 10,000 included monthly active users are used, at least 80 %.",
                "App 1400000001: 10,000 of 10,000 included monthly active users are used, at least 100 %."
            ]
        );
        let next = Figures { month: "2026-12".into(), ..mau(8_000) };
        assert_eq!(check(&world, next).await, 1, "a new month");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_told_again_after_it_fell_back_far_enough() {
    on_each_database(RECEIVERS, async |world| {
        let quota = |included| Figures { included: Some(included), ..mau(8_000) };
        assert_eq!(check(&world, quota(10_000)).await, 1);
        assert_eq!(check(&world, quota(10_100)).await, 0);
        assert_eq!(check(&world, quota(10_000)).await, 0, "79 % is too near");
        assert_eq!(check(&world, quota(20_000)).await, 0);
        assert_eq!(check(&world, quota(10_000)).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_crossed_a_threshold_and_the_notice_are_kept_together_or_not_at_all() {
    on_each_database(RECEIVERS, async |world| {
        let config = config(&world);
        let failed = world.service.db.write(move |queries: &mut dyn Queries| {
            notices::check(queries, &config, APP_KEY, &mau(9_000), 0)?;
            Err::<(), _>(planguard_endpoint::db::DbError::Busy)
        });
        assert!(failed.await.is_err());
        let pending = world.service.db.read(|queries| notices::pending(queries, APP_KEY)).await.unwrap();
        assert_eq!(pending.waiting, 0);
        assert_eq!(check(&world, mau(9_000)).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_receiver_delays_no_other_and_is_tried_for_days() {
    on_each_database(RECEIVERS, async |world| {
        let (ops, chat) = (Receiver::default(), Receiver::answering(&[500; 40]));
        let [to_ops, to_chat] = [courier(&world, "ops", &ops), courier(&world, "chat", &chat)];
        check(&world, mau(8_000)).await;
        assert_eq!(turn(&to_chat, &world.time).await, Some(Answer::Status(500)));
        assert_eq!(turn(&to_chat, &world.time).await, None, "not before its pause is over");
        assert_eq!(turn(&to_ops, &world.time).await, Some(Answer::Taken));
        let began = world.time.now();
        loop {
            let now = world.time.now().as_millisecond();
            let Some(next) = to_chat.turn(now).await.unwrap().next else { break };
            world.time.advance(SignedDuration::from_millis(next - now));
        }
        let days = world.time.now().duration_since(began).as_hours() / 24;
        assert!((2..=5).contains(&days), "{days} days");
        let ids = chat.ids();
        assert_eq!(ids.len(), 10);
        assert!(ids.iter().all(|id| *id == ids[0]), "every try has the same id");
        let pending = world.service.db.read(|queries| notices::pending(queries, APP_KEY)).await.unwrap();
        assert_eq!((pending.waiting, pending.given_up), (0, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_gone_is_not_asked_again() {
    on_each_database(RECEIVERS, async |world| {
        let ops = Receiver::answering(&[410]);
        let courier = courier(&world, "ops", &ops);
        check(&world, mau(8_000)).await;
        let turned = courier.turn(world.time.now().as_millisecond()).await.unwrap();
        assert_eq!((turned.answer, turned.next), (Some(Answer::Status(410)), None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_no_delivery() {
    on_each_database(RECEIVERS, async |world| {
        let ops = Receiver::answering(&[302]);
        let courier = courier(&world, "ops", &ops);
        check(&world, mau(8_000)).await;
        assert_eq!(turn(&courier, &world.time).await, Some(Answer::Status(302)));
        world.time.advance(SignedDuration::from_secs(10));
        assert_eq!(turn(&courier, &world.time).await, Some(Answer::Taken));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_processes_on_one_database_send_each_notice_once() {
    on_each_database(RECEIVERS, async |world| {
        let ops = Receiver::default();
        let mut crossed = Vec::new();
        for month in 1..=12 {
            let figures = Figures { month: format!("2027-{month:02}"), ..mau(8_000) };
            // Several transactions cross each threshold at once.
            let [a, b] = [check(&world, figures.clone()), check(&world, figures)];
            let (a, b) = tokio::join!(a, b);
            crossed.push(a + b);
        }
        assert_eq!(crossed, [1; 12]);
        let senders: Vec<Courier> = (0..4).map(|_| courier(&world, "ops", &ops)).collect();
        let runs = senders.into_iter().map(|courier| {
            let time = world.time.clone();
            tokio::spawn(async move { run(&courier, &time).await })
        });
        for run in runs.collect::<Vec<_>>() {
            run.await.unwrap();
        }
        let mut ids = ops.ids();
        ids.sort();
        let sent = ids.len();
        ids.dedup();
        assert_eq!((sent, ids.len()), (12, 12));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_had_leased_when_it_ended_is_sent_by_the_next() {
    on_each_database(RECEIVERS, async |world| {
        /// A receiver during whose answer the process ends.
        struct Ends;
        impl Transport for Ends {
            fn send(
                &self,
                _: Request,
                _: usize,
            ) -> std::pin::Pin<Box<dyn Future<Output = Result<Response, TransportError>> + Send + '_>>
            {
                Box::pin(std::future::pending())
            }
        }
        check(&world, mau(8_000)).await;
        let config = config(&world);
        let receiver = Arc::new(config.receivers[0].clone());
        let ending = Courier::new(APP_KEY, receiver, Outgoing::over(Ends), world.service.db.clone());
        let now = world.time.now().as_millisecond();
        let running = tokio::spawn(async move { ending.turn(now).await });
        let ops = Receiver::default();
        let next = courier(&world, "ops", &ops);
        // Until it has the lease.
        loop {
            let sql = "SELECT COUNT(*) FROM notice_deliveries WHERE lease <> ''";
            let leased = world.service.db.read(move |queries| queries.first(sql, &[])).await.unwrap();
            if leased.unwrap().get::<i64>(0).unwrap() == 1 {
                break;
            }
            tokio::task::yield_now().await;
        }
        running.abort();
        assert_eq!(turn(&next, &world.time).await, None, "the lease is not over");
        world.time.advance(SignedDuration::from_secs(61));
        assert_eq!(turn(&next, &world.time).await, Some(Answer::Taken));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_signed_by_each_secret() {
    on_each_database(RECEIVERS, async |world| {
        let ops = Receiver::default();
        check(&world, mau(8_000)).await;
        turn(&courier(&world, "ops", &ops), &world.time).await;
        let got = ops.got.lock();
        let headers = got[0].headers();
        assert_eq!(headers["webhook-timestamp"], world.time.now().as_second().to_string().as_str());
        let signatures: Vec<&str> = headers["webhook-signature"].to_str().unwrap().split(' ').collect();
        // As a receiver checks it, with the other implementation of HMAC that is at hand.
        let signed = [
            headers["webhook-id"].as_bytes(),
            b".",
            headers["webhook-timestamp"].as_bytes(),
            b".",
            got[0].body(),
        ]
        .concat();
        let secrets = ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "bmV3IHNlY3JldCBvZiB0aGUgcmVjZWl2ZXI="];
        assert_eq!(signatures.len(), secrets.len());
        for (secret, signature) in secrets.iter().zip(signatures) {
            let base64 = data_encoding::BASE64;
            let key =
                ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &base64.decode(secret.as_bytes()).unwrap());
            let tag = base64.decode(signature.strip_prefix("v1,").unwrap().as_bytes()).unwrap();
            ring::hmac::verify(&key, &signed, &tag).unwrap();
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_a_receiver_that_is_no_longer_named_is_given_up() {
    on_each_database(RECEIVERS, async |world| {
        check(&world, mau(8_000)).await;
        // Tried once, and then removed from the configuration.
        let chat = Receiver::answering(&[500]);
        turn(&courier(&world, "chat", &chat), &world.time).await;
        let give_up = async |named: &[&str], days: i64| {
            let named: Vec<_> = named.iter().map(|name| (APP_KEY, (*name).to_owned())).collect();
            let before = world.time.now().as_millisecond() + days * 86_400_000;
            let give_up = move |queries: &mut dyn Queries| notices::give_up(queries, &named, before);
            world.service.db.write(give_up).await.unwrap()
        };
        assert_eq!(give_up(&["ops"], -1).await, 0, "not yet: it may come back");
        assert_eq!(give_up(&["ops", "chat"], 6).await, 0, "those that are named are tried on");
        assert_eq!(give_up(&["ops"], 6).await, 1);
        assert_eq!(give_up(&[], 6).await, 1, "nor was the other one ever tried");
        let pending = world.service.db.read(|queries| notices::pending(queries, APP_KEY)).await.unwrap();
        assert_eq!((pending.waiting, pending.given_up), (0, 2));
    })
    .await;
}
