//! The endpoint, on loopback, on the clock of the month.

use std::sync::Arc;

use jiff::Timestamp;
use planguard::time::{Clock as _, ManualClock};
use planguard_endpoint::clock::Clock;
use planguard_endpoint::config::Config;
use planguard_endpoint::credentials::{self, Kind, Token};
use planguard_endpoint::db::Queries;
use planguard_endpoint::ledger::period::month_number;
use planguard_endpoint::ledger::tally::of_period;
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;
use planguard_endpoint::{documents, routes};
use serde_json::json;

use super::{Failed, Options};

/// The app of the month.
pub(super) const APP: u64 = 1_400_000_001;

/// The token of its webhooks.
pub(super) const TOKEN: &str = "month";

pub(super) struct Server {
    pub(super) service: Arc<Service>,
    pub(super) url: String,
    /// What phones send.
    pub(super) device: String,
}

impl Server {
    pub(super) async fn start(options: &Options, clock: &ManualClock) -> Result<Self, Failed> {
        let first = options.month.first_date();
        let config = format!(
            "[[app]]\nsdk_app_id = {APP}\n[app.webhooks]\ntokens = [\"{TOKEN}\"]\ncomplete_from = \"{first}\"\n"
        );
        let mut config = Config::parse(&config)?;
        config.database.clone_from(&options.database);
        let hand = clock.clone();
        let time = Clock::from_fn(move || {
            Timestamp::from_millisecond(hand.now().as_millis()).unwrap_or(Timestamp::UNIX_EPOCH)
        });
        let now = time.now();
        let service = Service::open(config, Secret::generate()?, time).await?;
        let token = Token::generate()?;
        let device = token.reveal().to_owned();
        let month = month_number(options.month);
        let fill = move |queries: &mut dyn Queries| {
            let used = !of_period(queries, APP, month)?.is_empty();
            let terms = json!({ "catalog": "intl-2024", "edition": "standard", "fresh_for_secs": 86_400 });
            let terms = terms.as_object().cloned().unwrap_or_default();
            documents::put(queries, APP, &terms, None, now)?;
            credentials::add(queries, &token, Kind::Device { app: APP }, "phones", None, now)?;
            Ok(used)
        };
        if service.db.write(fill).await? {
            return Err("the database has counted users of this month before; give an empty one".into());
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = routes::router(Arc::clone(&service));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { service, url, device })
    }
}
