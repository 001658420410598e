//! Reading all rows, while others commit.

use redis::Value;
use tokio::time::Instant;

use super::answer::{Answer, Word, text};
use super::by::By;
use super::fail::Fail;
use super::link::Script;
use super::replica::Replica;
use super::rows;
use super::session::{AT_ONCE, Session};
use super::until;
use crate::store::state::State;

/// How often rows are read from the beginning because so much was committed meanwhile.
const LOADS: usize = 8;

impl Session {
    /// Reads all rows, while others commit: what they change meanwhile is in the log.
    pub(super) async fn load(&mut self, at: Answer, until: Instant) -> Result<(), Fail> {
        let again = self.replica.is_some();
        // After those whose log alone was too short the numbers still say what changed.
        let apart = again && at.word != Word::Gap;
        let (mut at, mut until) = (at, until);
        for _ in 0..LOADS {
            let mut state = State::default();
            state.of_app(self.options.app.get());
            let mut by = By::default();
            self.scan(&mut state, &mut by).await?;
            until = until.max(until::now() + self.options.deadline);
            state.reach(at.seq);
            state.note_rows();
            let mut replica =
                Replica { state, epoch: at.epoch.clone(), last: at.last.clone(), by, foreign: again };
            loop {
                let seq = replica.seq().to_string();
                let arguments: [&[u8]; 6] = [
                    replica.epoch.as_bytes(),
                    seq.as_bytes(),
                    replica.last.as_bytes(),
                    AT_ONCE.as_bytes(),
                    b"",
                    b"0",
                ];
                at = self.run(Script::Look, &arguments, until).await?;
                if at.word != Word::Ok {
                    break;
                }
                replica.follow(&at.entries, &self.process, self.here)?;
                if replica.seq() >= at.seq {
                    if apart {
                        // Whoever follows by numbers reads all of it.
                        let seq = replica.seq();
                        replica.state.renumber(seq);
                        replica.state.note_rows();
                    }
                    self.replica = Some(replica);
                    return Ok(());
                }
            }
        }
        Err(Fail::lost("more is committed than can be read meanwhile"))
    }

    /// As many rows as there are take their time: each page has the store's deadline. What waits for them is bounded by
    /// whoever waits.
    async fn scan(&mut self, state: &mut State, by: &mut By) -> Result<(), Fail> {
        let rows = self.keys.rows.clone();
        let mut cursor = "0".to_owned();
        loop {
            let now = until::now();
            let until = now + self.options.deadline;
            let mut command = redis::cmd("HSCAN");
            command.arg(&rows).arg(&cursor).arg("COUNT").arg(2000);
            let answer = self.connect(until).await?.ask(&command, until).await?;
            let (next, fields) = page(answer).ok_or_else(|| Fail::lost("the server lists no rows"))?;
            for pair in fields.chunks_exact(2) {
                if by.take(&pair[0], Some(&pair[1]), now) {
                    continue;
                }
                let (text, shift) = rows::read_text(&pair[1], self.here)?;
                state.take_row(&pair[0], Some(text), shift)?;
            }
            if next == "0" {
                return Ok(());
            }
            cursor = next;
        }
    }
}

fn page(answer: Value) -> Option<(String, Vec<String>)> {
    let Value::Array(parts) = answer else { return None };
    let [cursor, fields] = <[Value; 2]>::try_from(parts).ok()?;
    let Value::Array(fields) = fields else { return None };
    Some((text(cursor)?, fields.into_iter().map(text).collect::<Option<_>>()?))
}
