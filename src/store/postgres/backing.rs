//! What a store asks of a server, as statements.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Either, join3, select};
use tokio_postgres::Row;

use super::columns::{kept, signed, unsigned};
use super::connect::channel;
use super::errors::fail;
use super::server::{PATIENCE, Params, Server, connect};
use super::sql;
use crate::model::Horizon;
use crate::store::StoreError;
use crate::store::fleet::backing::{Backing, Begun, Each, Entry, Fail, Head, Scan};
use crate::store::fleet::page::{Kept, Origin, Page};
use crate::store::fleet::row::{RowId, Table};
use crate::store::job::{Job, Jobs};
use crate::time::{Clock as _, SystemClock};

/// How often a connection that was lost is looked for while nothing else is to be done.
const LOOK: Duration = Duration::from_secs(1);

/// How much longer than a lock the answer of a server may take.
const ANSWER: Duration = Duration::from_millis(500);

impl Backing for Server {
    fn begin(&mut self, write: bool, patient: bool, since: u64) -> Result<Begun, Fail> {
        self.rollback();
        self.link()?;
        let lock = if patient { PATIENCE } else { self.options.deadline };
        self.wait = lock + ANSWER;
        let schema = self.options.schema.clone();
        let texts = vec![sql::head(&schema, write), sql::journal(&schema)];
        let statements = self.statements(&texts)?;
        let begin = if !write {
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY".to_owned()
        } else if patient {
            format!("BEGIN; SET LOCAL lock_timeout = {}", PATIENCE.as_millis())
        } else {
            "BEGIN".to_owned()
        };
        let Some(link) = self.link.take() else { return Err(Fail::Lost("no connection".to_owned())) };
        let since = signed(since);
        let params: Params<'_> = vec![&since];
        let wait = self.wait;
        self.open = true;
        let answered = self.run(wait, async {
            let head = link.client.query(&statements[0], &[]);
            let journal = link.client.query(&statements[1], &params);
            Ok(join3(link.client.batch_execute(&begin), head, journal).await)
        });
        let (done, head, journal) = answered?;
        let answers = vec![done.map(|()| Vec::new()), head, journal];
        let mut answers = self.keep(link, answers)?.into_iter().skip(1);
        let (head, journal) = (answers.next().unwrap_or_default(), answers.next().unwrap_or_default());
        let Some(row) = head.first() else {
            return Err(
                StoreError::Backend { why: "a table that always has a row is empty".to_owned() }.into()
            );
        };
        let number = |at: usize| unsigned(row.get(at));
        let head = Head {
            seq: number(0),
            token: row.get(1),
            last_fence: number(2),
            waiting: number(3),
            dropped: number(4),
            events: number(5),
        };
        let entry = |row: &Row| Entry { seq: unsigned(row.get(0)), token: row.get(1), rows: row.get(2) };
        self.wait = self.options.deadline + ANSWER;
        Ok(Begun { head, journal: journal.iter().map(entry).collect(), server_ms: row.get(6) })
    }

    fn load(&mut self, rows: &[RowId]) -> Result<Vec<(RowId, Kept)>, Fail> {
        let mut tables: BTreeMap<Table, Vec<String>> = BTreeMap::new();
        for row in rows {
            tables.entry(row.table()).or_default().push(row.key());
        }
        if tables.is_empty() {
            return Ok(Vec::new());
        }
        let schema = self.options.schema.clone();
        let asked =
            tables.iter().map(|(table, keys)| (sql::load(&schema, *table), vec![keys as _])).collect();
        let answers = self.query(asked)?;
        let found = tables
            .keys()
            .zip(&answers)
            .flat_map(|(table, rows)| rows.iter().filter_map(|row| kept(*table, row)));
        Ok(found.collect())
    }

    fn scan(&mut self, table: Table, scan: &Scan, each: Each<'_>) -> Result<(), Fail> {
        let schema = self.options.schema.clone();
        let (month, day, at, number);
        let params: Params<'_> = match scan {
            Scan::All => vec![],
            Scan::Part(part) => vec![part],
            Scan::Month(of) => vec![of],
            Scan::Since { month: m, day: d } => {
                (month, day) = (*m, *d);
                vec![&month, &day]
            }
            Scan::Ahead { month: m, day: d, at: a } => {
                (month, day, at) = (*m, *d, *a);
                vec![&month, &day, &at]
            }
            Scan::Changed(seq) => {
                number = signed(*seq);
                vec![&number]
            }
            Scan::First(most) => {
                number = i64::try_from(*most).unwrap_or(i64::MAX);
                vec![&number]
            }
        };
        let statement = self.statements(&[sql::scan(&schema, table, scan)])?.remove(0);
        let Some(link) = self.link.take() else { return Err(Fail::Lost("no connection".to_owned())) };
        // Of many rows each answer has its own time.
        let wait = self.wait;
        let client = &link.client;
        let ended = self.runtime.block_on(async {
            let rows = tokio::time::timeout(wait, client.query_raw(&statement, params)).await;
            let rows = rows.map_err(|_| Fail::Lost("no answer in time".to_owned()))?;
            let mut rows = pin!(rows.map_err(|error| fail(&error))?);
            loop {
                let next = tokio::time::timeout(wait, rows.next()).await;
                let next = next.map_err(|_| Fail::Lost("no answer in time".to_owned()))?;
                let Some(row) = next else { return Ok(()) };
                if let Some((id, kept)) = kept(table, &row.map_err(|error| fail(&error))?) {
                    each(id, kept)?;
                }
            }
        });
        if matches!(ended, Err(Fail::Lost(_))) {
            self.open = false;
        } else {
            self.link = Some(link);
        }
        ended
    }

    fn count(&mut self, table: Table, month: Option<i32>) -> Result<u64, Fail> {
        let text = sql::count(&self.options.schema, table, month.is_some());
        let params: Params<'_> = match &month {
            Some(month) => vec![month],
            None => vec![],
        };
        let rows = self.one(text, params)?;
        Ok(rows.first().map(|row| unsigned(row.get(0))).unwrap_or_default())
    }

    fn months(&mut self, table: Table) -> Result<Vec<i32>, Fail> {
        let text = sql::months(&self.options.schema, table);
        Ok(self.one(text, vec![])?.iter().map(|row| row.get(0)).collect())
    }

    fn write(&mut self, rows: Vec<(RowId, Option<Page>)>, origin: Origin) -> Result<(), Fail> {
        self.write_with(rows, origin, Vec::new(), false)
    }

    fn forget(&mut self, horizon: &Horizon) -> Result<(), Fail> {
        let (month, day, at) = (horizon.month.number(), horizon.day.number(), horizon.instant.as_millis());
        let date = i32::try_from(at.div_euclid(86_400_000)).unwrap_or(i32::MIN);
        let texts = sql::forget(&self.options.schema);
        let params: [Params<'_>; 10] = [
            vec![&month, &day],
            vec![&month, &day],
            vec![&month, &day, &at],
            vec![&month],
            vec![&month],
            vec![&month],
            vec![&month],
            vec![&at],
            vec![&at],
            vec![&date],
        ];
        // A month of a million users takes its time.
        self.wait = Duration::from_secs(60).max(self.wait);
        self.query(texts.into_iter().zip(params).collect()).map(drop)
    }

    fn sweep(&mut self, now_ms: i64, settle: Duration) -> Result<(), Fail> {
        let before = now_ms.saturating_sub(i64::try_from(settle.as_millis()).unwrap_or(i64::MAX));
        let text = sql::sweep(&self.options.schema);
        self.one(text, vec![&now_ms, &before]).map(drop)
    }

    fn touch_all(&mut self, seq: u64) -> Result<(), Fail> {
        let number = signed(seq);
        let schema = self.options.schema.clone();
        self.wait = Duration::from_secs(60).max(self.wait);
        let asked =
            [Table::Counters, Table::Users].map(|table| (sql::touch(&schema, table), vec![&number as _]));
        self.query(asked.into_iter().collect()).map(drop)
    }

    fn commit(
        &mut self,
        rows: Vec<(RowId, Option<Page>)>,
        origin: Origin,
        head: &Head,
        entry: &Entry,
    ) -> Result<(), Fail> {
        let schema = self.options.schema.clone();
        let numbers = [head.seq, head.last_fence, head.waiting, head.dropped, head.events].map(signed);
        let [seq, fence, waiting, dropped, events] = &numbers;
        let told = "SELECT pg_notify($1, $2)".to_owned();
        let (channel, name) = (channel(&schema), self.name.clone());
        let mut more: Vec<(String, Params<'_>)> = vec![
            (sql::put_journal(&schema), vec![seq, &entry.token, &entry.rows]),
            (sql::put_head(&schema), vec![seq, &head.token, fence, waiting, dropped, events]),
            (told, vec![&channel, &name]),
        ];
        self.commits += 1;
        if self.commits.is_multiple_of(512) {
            more.push((sql::shorten_journal(&schema), vec![seq]));
        }
        self.write_with(rows, origin, more, true)
    }

    fn rollback(&mut self) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let Some(link) = self.link.take() else { return };
        let wait = self.options.deadline;
        let ended = self
            .run(wait, async { link.client.batch_execute("ROLLBACK").await.map_err(|error| fail(&error)) });
        if ended.is_ok() {
            self.link = Some(link);
        }
    }

    fn wait(&mut self, tasks: &mut Jobs, news: &mut dyn FnMut()) -> Option<Job> {
        let Self { runtime, address, options, name, link, tell, told, .. } = self;
        runtime.block_on(async {
            loop {
                let lost = link.as_ref().is_none_or(|link| link.client.is_closed());
                let look = async {
                    if !lost {
                        return std::future::pending().await;
                    }
                    SystemClock.sleep(LOOK).await;
                    tokio::time::timeout(options.deadline, connect(address, options, name, tell.clone()))
                        .await
                };
                let woken = {
                    let (task, note) = (pin!(tasks.recv()), pin!(told.recv()));
                    match select(task, select(note, pin!(look))).await {
                        Either::Left((task, _)) => return task,
                        Either::Right((Either::Left(_), _)) => None,
                        Either::Right((Either::Right((found, _)), _)) => Some(found),
                    }
                };
                match woken {
                    None => {
                        while told.try_recv().is_ok() {}
                        news();
                    }
                    Some(Ok(Ok(found))) => {
                        *link = Some(found);
                        // What was told meanwhile was missed.
                        news();
                    }
                    Some(_) => {}
                }
            }
        })
    }
}
