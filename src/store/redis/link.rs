//! One connection, with the scripts that the server has learnt over it.

use std::future::Future;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, PushInfo, RedisResult, Value};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout_at};

use super::answer::{Answer, text};
use super::fail::{Fail, is_script_unknown};
use super::keys::Keys;

/// A script, by what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Look,
    Commit,
    Begin,
    Bid,
    Restore,
}

const SCRIPTS: [&str; 5] = [
    concat!(include_str!("lua/common.lua"), include_str!("lua/look.lua")),
    concat!(include_str!("lua/common.lua"), include_str!("lua/commit.lua")),
    concat!(include_str!("lua/common.lua"), include_str!("lua/begin.lua")),
    concat!(include_str!("lua/common.lua"), include_str!("lua/bid.lua")),
    concat!(include_str!("lua/common.lua"), include_str!("lua/restore.lua")),
];

/// One connection.
pub(super) struct Link {
    connection: MultiplexedConnection,
    /// What the server tells by itself.
    pub(super) told: UnboundedReceiver<PushInfo>,
    names: [Option<String>; SCRIPTS.len()],
    /// How many questions were asked.
    asked: u64,
}

/// Waits for an answer, but not longer than `until`.
async fn in_time<T>(until: Instant, asked: impl Future<Output = RedisResult<T>>) -> Result<T, Failed> {
    match timeout_at(until, asked).await {
        Ok(answer) => answer.map_err(Failed::Said),
        Err(_) => Err(Failed::Silent),
    }
}

enum Failed {
    Said(redis::RedisError),
    Silent,
}

impl From<Failed> for Fail {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Said(error) => error.into(),
            Failed::Silent => Self::lost("the server gave no answer in time"),
        }
    }
}

impl Link {
    pub(super) async fn open(client: &redis::Client, keys: &Keys, until: Instant) -> Result<Self, Fail> {
        let (tell, told) = unbounded_channel();
        // Every request has its own deadline here.
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None)
            .set_push_sender(tell);
        let connection = in_time(until, client.get_multiplexed_async_connection_with_config(&config)).await?;
        let mut link = Self { connection, told, names: Default::default(), asked: 0 };
        // Where the access list forbids it, changes are found by looking.
        if let Err(Fail::Lost(why)) = link.ask(redis::cmd("SUBSCRIBE").arg(&keys.channel), until).await {
            return Err(Fail::Lost(why));
        }
        Ok(link)
    }

    /// Asks one command.
    pub(super) async fn ask(&mut self, command: &Cmd, until: Instant) -> Result<Value, Fail> {
        Ok(in_time(until, command.query_async(&mut self.connection)).await?)
    }

    /// Runs a script, which the server learns first where it does not know it (any more).
    pub(super) async fn run(
        &mut self,
        script: Script,
        keys: &Keys,
        arguments: &[&[u8]],
        until: Instant,
    ) -> Result<Answer, Fail> {
        let place = script as usize;
        for _ in 0..3 {
            let name = match &self.names[place] {
                Some(name) => name.clone(),
                None => self.teach(place, until).await?,
            };
            let mut command = redis::cmd("EVALSHA");
            command.arg(name).arg(5).arg(&[&keys.head, &keys.rows, &keys.log, &keys.bid, &keys.anew]);
            self.asked += 1;
            let question = self.asked.to_string();
            command.arg(arguments).arg(&question);
            match in_time(until, command.query_async(&mut self.connection)).await {
                Ok(value) => {
                    let answer = Answer::read(value)?;
                    if answer.question != question {
                        return Err(Fail::lost("the answer is to another question"));
                    }
                    return Ok(answer);
                }
                Err(Failed::Said(error)) if is_script_unknown(&error) => self.names[place] = None,
                Err(failed) => return Err(failed.into()),
            }
        }
        Err(Fail::lost("the server forgets scripts as soon as it has learnt them"))
    }

    async fn teach(&mut self, place: usize, until: Instant) -> Result<String, Fail> {
        let taught = self.ask(redis::cmd("SCRIPT").arg("LOAD").arg(SCRIPTS[place]), until).await?;
        let name = text(taught).ok_or_else(|| Fail::lost("the server names no script"))?;
        self.names[place] = Some(name.clone());
        Ok(name)
    }
}

/// Does nothing for so long.
pub(super) async fn pause(length: Duration) {
    // It is a timer of the store's own thread; what callers wait for is bounded by the clock of their guard.
    let _elapsed = tokio::time::timeout(length, std::future::pending::<()>()).await;
}
