//! What a store asks of a server, as statements.

use std::collections::BTreeMap;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::{Either, join4, select};
use tokio_postgres::Row;

use super::columns::{column, kept, signed, unsigned};
use super::connect::channel;
use super::errors::fail;
use super::server::{Params, Server, connect};
use super::waits::{ANSWER, LONG, PATIENCE};
use super::{schema, sql};
use crate::model::{Elapsed, Horizon};
use crate::store::StoreError;
use crate::store::fleet::backing::{Backing, Begun, Each, Entry, Fail, Head, Scan};
use crate::store::fleet::page::{Kept, Origin, Page};
use crate::store::fleet::row::{RowId, Table};
use crate::store::job::{Job, Jobs};
use crate::time::{Clock as _, SystemClock};

/// How often a connection that was lost is looked for while nothing else is to be done.
const LOOK: Duration = Duration::from_secs(1);

/// For how long nothing is asked of a server that was lost in the middle of a commit.
const PAUSE: Duration = Duration::from_millis(20);

impl Backing for Server {
    fn begin(&mut self, write: bool, patient: bool, since: u64) -> Result<Begun, Fail> {
        self.rollback();
        self.link()?;
        let lock = if patient { PATIENCE } else { self.options.deadline };
        self.wait = lock + ANSWER;
        let schema = self.options.schema.clone();
        let texts = vec![sql::head(&schema, write), sql::journal(&schema), sql::clock(&schema)];
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
            let clock = link.client.query(&statements[2], &[]);
            Ok(join4(link.client.batch_execute(&begin), head, journal, clock).await)
        });
        let (done, head, journal, clock) = answered?;
        let answers = vec![done.map(|()| Vec::new()), head, journal, clock];
        let mut answers = self.keep(link, answers)?.into_iter().skip(1);
        let mut next = || answers.next().unwrap_or_default();
        let (head, journal, clock) = (next(), next(), next());
        let (Some(row), Some(clock)) = (head.first(), clock.first()) else {
            return Err(
                StoreError::Backend { why: "a table that always has a row is empty".to_owned() }.into()
            );
        };
        schema::check(column(row, 6)?)?;
        let number = |at: usize| column(row, at).map(unsigned);
        let head = Head {
            seq: number(0)?,
            token: column(row, 1)?,
            last_fence: number(2)?,
            waiting: number(3)?,
            dropped: number(4)?,
            events: number(5)?,
        };
        let entry = |row: &Row| {
            let (token, rows) = (column(row, 1)?, column(row, 2)?);
            Ok(Entry { seq: unsigned(column(row, 0)?), token, rows })
        };
        self.wait = self.options.deadline + ANSWER;
        let journal = journal.iter().map(entry).collect::<Result<_, StoreError>>()?;
        let (server_ms, oldest) = (column(clock, 0)?, unsigned(column(clock, 1)?));
        Ok(Begun { head, journal, oldest, server_ms })
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
        let rows = tables.keys().zip(&answers).flat_map(|(table, rows)| rows.iter().map(|row| (*table, row)));
        let found = rows.filter_map(|(table, row)| kept(table, row).transpose());
        Ok(found.collect::<Result<_, StoreError>>()?)
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
                if let Some((id, kept)) = kept(table, &row.map_err(|error| fail(&error))?)? {
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
        Ok(rows.first().map(|row| column(row, 0).map(unsigned)).transpose()?.unwrap_or_default())
    }

    fn months(&mut self, table: Table) -> Result<Vec<i32>, Fail> {
        let text = sql::months(&self.options.schema, table);
        let rows = self.one(text, vec![])?;
        Ok(rows.iter().map(|row| column(row, 0)).collect::<Result<_, StoreError>>()?)
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
        self.wait = LONG.max(self.wait);
        self.query(texts.into_iter().zip(params).collect()).map(drop)
    }

    fn sweep(&mut self, now: Elapsed, here: Origin, settle: Duration) -> Result<(), Fail> {
        let now = i64::try_from(now.0).unwrap_or(i64::MAX).saturating_add(here.ahead);
        let before = now.saturating_sub(i64::try_from(settle.as_millis()).unwrap_or(i64::MAX));
        let text = sql::sweep(&self.options.schema);
        self.one(text, vec![&now, &before, &here.boot, &here.ahead]).map(drop)
    }

    fn touch_all(&mut self, seq: u64) -> Result<(), Fail> {
        let number = signed(seq);
        let schema = self.options.schema.clone();
        self.wait = LONG.max(self.wait);
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

    fn pause(&mut self) {
        self.runtime.block_on(SystemClock.sleep(PAUSE));
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
