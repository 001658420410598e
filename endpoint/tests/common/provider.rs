//! The provider, as an endpoint sees it: signed webhooks.

use jiff::SignedDuration;
use planguard_endpoint::drift::Report;
use planguard_endpoint::provider::{Token, sign};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

use super::{APP, World};

/// The token that worlds with webhooks are configured with.
pub const TOKEN: &str = "xxxxyyyy";

/// Configuration of the world's webhooks, complete from the start.
pub const WEBHOOKS: &str = "[app.webhooks]\ntokens = [\"xxxxyyyy\"]\ncomplete_from = \"2026-11-01\"\n";

impl World {
    /// One over this database.
    pub async fn over(database: &str, more: &str) -> Self {
        Self::start(database, more, tempfile::tempdir().unwrap()).await
    }

    /// A webhook as the provider sends it now.
    pub fn webhook(&self, command: &str, body: &Value) -> RequestBuilder {
        self.raw_webhook(command, body.to_string().into_bytes())
    }

    /// A webhook with any body.
    pub fn raw_webhook(&self, command: &str, body: Vec<u8>) -> RequestBuilder {
        let now = self.time.now().as_second().to_string();
        self.http.post(self.callback(command, APP, &signature(&now), &now)).body(body)
    }

    /// The URL of a webhook.
    pub fn callback(&self, command: &str, app: u64, sign: &str, time: &str) -> String {
        format!(
            "{}/tencent/callback?SdkAppid={app}&CallbackCommand={command}&contenttype=json&ClientIP=127.0.0.1\
             &OptPlatform=Android&Sign={sign}&RequestTime={time}",
            self.url
        )
    }

    /// Sends a webhook that is taken.
    pub async fn told(&self, command: &str, body: &Value) {
        taken(self.webhook(command, body).send().await.unwrap()).await;
    }

    /// The provider tells that a user logged in at an instant.
    pub async fn provider_login(&self, user: &str, at_millis: i64) {
        self.told("State.StateChange", &login(user, at_millis)).await;
    }
}

impl World {
    /// The drift report of the running month.
    pub async fn drift(&self) -> Report {
        self.service.drift(APP, None).await.unwrap()
    }

    /// The usage that the next document states.
    pub async fn usage(&self) -> Option<Value> {
        // The document is filled in anew once a minute.
        self.time.advance(SignedDuration::from_mins(2));
        self.document().await.get("usage").cloned()
    }

    /// The present, in milliseconds since 1970.
    pub fn millis(&self) -> i64 {
        self.time.now().as_millisecond()
    }
}

/// Checks the answer to a webhook that was taken.
pub async fn taken(answer: Response) {
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(
        (status.as_u16(), &body),
        (200, &json!({ "ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0 }))
    );
}

/// What the provider signs with the world's token.
pub fn signature(time: &str) -> String {
    sign(&Token::new(TOKEN).unwrap(), time)
}

/// The body of a login.
pub fn login(user: &str, at_millis: i64) -> Value {
    json!({
        "CallbackCommand": "State.StateChange",
        "EventTime": at_millis,
        "Info": { "Action": "Login", "To_Account": user, "Reason": "Register" }
    })
}

/// The body of a group that came or went.
pub fn group(command: &str, group: &str, group_type: &str, at_millis: i64) -> Value {
    json!({
        "CallbackCommand": command, "GroupId": group, "Type": group_type, "Name": "a group",
        "Owner_Account": "ada", "MemberList": [{ "Member_Account": "ada" }],
        "EventTime": at_millis.to_string()
    })
}

/// A command of a group that was created.
pub const CREATED: &str = "Group.CallbackAfterCreateGroup";
/// A command of a group that was dissolved.
pub const DESTROYED: &str = "Group.CallbackAfterGroupDestroyed";
