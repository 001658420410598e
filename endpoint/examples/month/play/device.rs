//! A phone: an app with planguard, which starts once a day and keeps its store.

use planguard::login::{LoginIntent, LoginOutcome};
use planguard::store::MemoryStore;
use planguard::sync::Credential;
use planguard::time::ManualClock;
use planguard::{FetchPolicy, Planguard, SdkAppId, User};

use super::Failed;
use super::provider::Provider;
use super::server::{APP, Server};

pub(super) struct Device {
    user: String,
    store: MemoryStore,
    running: Option<(Planguard, User)>,
    has_document: bool,
}

impl Device {
    pub(super) fn new(user: &str) -> Self {
        let store = MemoryStore::default();
        Self { user: user.to_owned(), store, running: None, has_document: false }
    }

    /// The app asks for a login, and planguard decides whether it reaches the chat SDK.
    pub(super) async fn ask(
        &mut self,
        server: &Server,
        clock: &ManualClock,
        provider: &Provider,
        intent: LoginIntent,
    ) -> Result<(), Failed> {
        if self.running.is_none() {
            self.running = Some(self.start(server, clock).await?);
        }
        let Some((guard, user)) = &self.running else { return Ok(()) };
        let outcome = guard.login(user, intent, || provider.login(&self.user)).await?;
        match outcome {
            LoginOutcome::Executed { .. } | LoginOutcome::AlreadyLoggedIn | LoginOutcome::Deferred { .. } => {
                Ok(())
            }
            other => Err(format!("a login of one phone by itself became {other}").into()),
        }
    }

    async fn start(&mut self, server: &Server, clock: &ManualClock) -> Result<(Planguard, User), Failed> {
        let guard = Planguard::builder(SdkAppId::new(APP)?)
            .store(self.store.clone())
            .clock(clock.clone())
            .endpoint(&server.url)
            .credential(Credential::new(&server.device)?)
            .open()
            .await?;
        if !self.has_document {
            guard.sync(FetchPolicy::Fetch).await?;
            self.has_document = true;
        }
        let user = guard.user(&self.user)?;
        Ok((guard, user))
    }

    /// The day is over: the events are delivered, and the app ends.
    pub(super) async fn end(&mut self) -> Result<(), Failed> {
        let Some((guard, _)) = self.running.take() else { return Ok(()) };
        let flushed = guard.flush().await;
        if flushed.waiting > 0 {
            return Err(format!("{} events could not be delivered", flushed.waiting).into());
        }
        Ok(())
    }
}
