//! A server that has lost what was committed: the process that knows the latest writes it anew.

use std::time::Duration;

use tokio::time::Instant;

use super::answer::Word;
use super::fail::Fail;
use super::link::{Script, pause};
use super::rows;
use super::session::{Session, draw};
use super::until;
use crate::store::fleet::bounds::AHEAD;

/// For how long processes are waited for that may know more, in milliseconds.
const BIDS: &str = "300";

/// How many rows are written at once.
const ROWS: usize = 1000;

/// For how many seconds gathered rows are kept when this process ends in the middle.
const GATHERED: u32 = 120;

impl Session {
    /// Writes all rows anew, or takes over what a process wrote that knew more.
    pub(super) async fn write_anew(&mut self, until: Instant) -> Result<(), Fail> {
        let Some(held) = self.replica.clone() else { return Err(Fail::lost("nothing is known yet")) };
        let (seq, process, channel) =
            (held.seq().to_string(), self.process.clone(), self.keys.channel.clone());
        loop {
            let arguments: [&[u8]; 6] = [
                held.epoch.as_bytes(),
                seq.as_bytes(),
                held.last.as_bytes(),
                process.as_bytes(),
                BIDS.as_bytes(),
                channel.as_bytes(),
            ];
            match self.run(Script::Bid, &arguments, until).await?.word {
                Word::Go => break,
                Word::Wait => pause(Duration::from_millis(20)).await,
                // Somebody else was faster: the next look says what became of it.
                _ => return Ok(()),
            }
            if until::now() >= until {
                return Err(Fail::lost("the server has lost its data, which is about to be written anew"));
            }
        }
        let mut anew = held.clone();
        anew.epoch = format!("{:016x}", draw()?);
        anew.last = String::new();
        anew.state.skip(AHEAD);
        anew.state.renumber(held.seq() + AHEAD);
        anew.state.note_rows();
        let (keys, next) = (self.keys.clone(), anew.seq().to_string());
        let (mut until, here) = (until, self.here);
        // What an earlier attempt has gathered is none of it.
        self.ask(redis::cmd("DEL").arg(&keys.anew), until).await?;
        let rows: Vec<_> = anew.state.all_rows().into_iter().chain(anew.by.rows()).collect();
        for some in rows.chunks(ROWS) {
            // As many rows as there are take their time.
            until = until::now() + self.deadline();
            let mut command = redis::cmd("HSET");
            command.arg(&keys.anew);
            for row in some {
                command.arg(&row.name).arg(rows::text_of(row, here).unwrap_or_default());
            }
            self.ask(&command, until).await?;
            self.ask(redis::cmd("EXPIRE").arg(&keys.anew).arg(GATHERED), until).await?;
        }
        let arguments: [&[u8]; 5] = [
            held.epoch.as_bytes(),
            seq.as_bytes(),
            held.last.as_bytes(),
            anew.epoch.as_bytes(),
            next.as_bytes(),
        ];
        if self.run(Script::Restore, &arguments, until).await?.word == Word::Done {
            self.tell("the server had lost its data (emptied, or an earlier state); this process has written it anew \
                       with all commits known here");
            self.replica = Some(anew);
        }
        Ok(())
    }

    async fn ask(&mut self, command: &redis::Cmd, until: Instant) -> Result<redis::Value, Fail> {
        match &mut self.link {
            Some(link) => link.ask(command, until).await,
            None => Err(Fail::lost("there is no connection")),
        }
    }
}
