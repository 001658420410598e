//! The chat provider: what its SDK does, and the webhooks that it sends, some of which are lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use planguard::ProviderError;
use planguard::time::{Clock as _, ManualClock};
use planguard_endpoint::provider::{Token, sign};
use serde_json::{Value, json};

use super::Failed;
use super::expect::Journal;
use super::server::{APP, TOKEN};

pub(super) struct Provider {
    http: reqwest::Client,
    url: String,
    clock: ManualClock,
    journal: Arc<Journal>,
    lose_percent: u32,
    sent: AtomicU64,
}

impl Provider {
    pub(super) fn new(url: &str, clock: &ManualClock, journal: Arc<Journal>, lose_percent: u32) -> Self {
        // Whatever is built into this program speaks TLS through it; a provider that is there already will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (http, sent) = (reqwest::Client::new(), AtomicU64::new(0));
        Self { http, url: url.to_owned(), clock: clock.clone(), journal, lose_percent, sent }
    }

    /// The chat SDK logs a user in, and the provider tells it.
    pub(super) async fn login(&self, user: &str) -> Result<(), ProviderError> {
        let at = self.clock.now();
        let body = json!({
            "CallbackCommand": "State.StateChange", "EventTime": at.as_millis(),
            "Info": { "Action": "Login", "To_Account": user, "Reason": "Register" }
        });
        let arrived = self.webhook("State.StateChange", &body).await;
        let arrived = arrived.map_err(|error| ProviderError { code: 9_999, message: error.to_string() })?;
        self.journal.login(user, at, arrived);
        Ok(())
    }

    /// A group is created or dissolved.
    pub(super) async fn group(&self, group: &str, created: bool) -> Result<(), Failed> {
        let at = self.clock.now();
        let command =
            if created { "Group.CallbackAfterCreateGroup" } else { "Group.CallbackAfterGroupDestroyed" };
        let body = json!({
            "CallbackCommand": command, "GroupId": group, "Type": "Public",
            "EventTime": at.as_millis().to_string()
        });
        let arrived = self.webhook(command, &body).await?;
        self.journal.group(at, created, arrived);
        Ok(())
    }

    /// Sends a webhook; whether it arrived. The order of webhooks decides which are lost, the same ones in each run.
    async fn webhook(&self, command: &str, body: &Value) -> Result<bool, Failed> {
        let nth = self.sent.fetch_add(1, Ordering::Relaxed);
        if spread(nth) % 100 < u64::from(self.lose_percent) {
            return Ok(false);
        }
        let time = self.clock.now().as_millis().div_euclid(1_000).to_string();
        let token = Token::new(TOKEN).ok_or("no token")?;
        let url = format!(
            "{}/tencent/callback?SdkAppid={APP}&CallbackCommand={command}&contenttype=json&ClientIP=127.0.0.1\
             &OptPlatform=Android&Sign={}&RequestTime={time}",
            self.url,
            sign(&token, &time)
        );
        let answer = self.http.post(url).body(body.to_string()).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        if status == 200 { Ok(true) } else { Err(format!("a webhook was answered {status}: {text}").into()) }
    }
}

/// A number that looks drawn, the same for the same number (the finalizer of `splitmix64`).
fn spread(nth: u64) -> u64 {
    let mut mixed = nth.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
