//! The connection to the server, as the store's thread uses it.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use futures_util::future::{join_all, try_join_all};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row, Statement};

use super::columns::by_table;
use super::connect::Address;
use super::errors::fail;
use super::options::PostgresOptions;
use super::waits::PATIENCE;
use super::{schema, sql};
use crate::store::StoreError;
use crate::store::fleet::backing::Fail;
use crate::store::fleet::page::{Origin, Page};
use crate::store::fleet::row::RowId;

/// A statement's parameters.
pub(super) type Params<'p> = Vec<&'p (dyn ToSql + Sync)>;

pub(super) struct Server {
    pub(super) runtime: Runtime,
    pub(super) address: Address,
    pub(super) options: PostgresOptions,
    /// Tells this process's commits from others'.
    pub(super) name: String,
    pub(super) link: Option<Link>,
    pub(super) tell: UnboundedSender<()>,
    pub(super) told: UnboundedReceiver<()>,
    /// A transaction is open.
    pub(super) open: bool,
    /// How long the present transaction's statements may take.
    pub(super) wait: Duration,
    pub(super) commits: u64,
}

pub(super) struct Link {
    pub(super) client: Client,
    pub(super) statements: HashMap<String, Statement>,
}

impl Server {
    pub(super) fn new(url: &str, options: PostgresOptions) -> Result<Self, StoreError> {
        options.check()?;
        let address = Address::new(url, &options)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Backend { why: format!("no runtime for the store: {error}") })?;
        let (tell, told) = unbounded_channel();
        let name = format!("{:032x}", fastrand::u128(..));
        let wait = options.deadline;
        Ok(Self { runtime, address, options, name, link: None, tell, told, open: false, wait, commits: 0 })
    }

    /// Connects and makes the tables where there are none.
    pub(super) fn prepare(&mut self) -> Result<(), StoreError> {
        // The tables may have to be made, and others may be at it.
        self.connect(PATIENCE.max(self.options.deadline)).map_err(|fail| fail.told())
    }

    /// Runs what speaks to the server, for as long as it may take. Whatever is lost takes the connection with it.
    pub(super) fn run<T>(
        &mut self,
        wait: Duration,
        speak: impl Future<Output = Result<T, Fail>>,
    ) -> Result<T, Fail> {
        let answered = self.runtime.block_on(async { tokio::time::timeout(wait, speak).await });
        let ended = answered.unwrap_or_else(|_| Err(Fail::Lost("no answer in time".to_owned())));
        if matches!(ended, Err(Fail::Lost(_))) {
            (self.link, self.open) = (None, false);
        }
        ended
    }

    pub(super) fn link(&mut self) -> Result<(), Fail> {
        if self.link.as_ref().is_some_and(|link| !link.client.is_closed()) {
            return Ok(());
        }
        self.connect(self.options.deadline)
    }

    fn connect(&mut self, wait: Duration) -> Result<(), Fail> {
        (self.link, self.open) = (None, false);
        let connecting = connect(&self.address, &self.options, &self.name, self.tell.clone());
        let answered = self.runtime.block_on(async { tokio::time::timeout(wait, connecting).await });
        self.link = Some(answered.unwrap_or_else(|_| Err(Fail::Lost("no connection in time".to_owned())))?);
        Ok(())
    }

    /// Prepares statements that are not yet.
    pub(super) fn statements(&mut self, texts: &[String]) -> Result<Vec<Statement>, Fail> {
        let Some(mut link) = self.link.take() else { return Err(Fail::Lost("no connection".to_owned())) };
        let missing: Vec<_> =
            texts.iter().filter(|text| !link.statements.contains_key(*text)).cloned().collect();
        if !missing.is_empty() {
            let client = &link.client;
            let prepared = try_join_all(missing.iter().map(|text| client.prepare(text)));
            let prepared = self.runtime.block_on(async { tokio::time::timeout(self.wait, prepared).await });
            let prepared = prepared.map_err(|_| Fail::Lost("no answer in time".to_owned()))?;
            match prepared {
                Ok(prepared) => link.statements.extend(missing.into_iter().zip(prepared)),
                Err(error) => {
                    self.link = Some(link);
                    return Err(fail(&error));
                }
            }
        }
        let found = texts.iter().filter_map(|text| link.statements.get(text).cloned()).collect();
        self.link = Some(link);
        Ok(found)
    }

    /// Sends statements together and gives all that they answer, in order.
    pub(super) fn query(&mut self, asked: Vec<(String, Params<'_>)>) -> Result<Vec<Vec<Row>>, Fail> {
        let (texts, params): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let statements = self.statements(&texts)?;
        let Some(link) = self.link.take() else { return Err(Fail::Lost("no connection".to_owned())) };
        let asked = statements.iter().zip(&params).map(|(text, params)| link.client.query(text, params));
        let wait = self.wait;
        let answered = self.run(wait, async { Ok(join_all(asked).await) });
        self.keep(link, answered?)
    }

    /// Keeps the connection, unless it was lost.
    pub(super) fn keep<T>(
        &mut self,
        link: Link,
        answers: Vec<Result<T, tokio_postgres::Error>>,
    ) -> Result<Vec<T>, Fail> {
        let answers: Result<Vec<T>, _> = answers.into_iter().collect();
        match answers.map_err(|error| fail(&error)) {
            Err(lost @ Fail::Lost(_)) => {
                self.open = false;
                Err(lost)
            }
            ended => {
                self.link = Some(link);
                ended
            }
        }
    }

    pub(super) fn one(&mut self, text: String, params: Params<'_>) -> Result<Vec<Row>, Fail> {
        Ok(self.query(vec![(text, params)])?.pop().unwrap_or_default())
    }

    /// Writes rows and whatever else, all sent together.
    pub(super) fn write_with(
        &mut self,
        rows: Vec<(RowId, Option<Page>)>,
        origin: Origin,
        more: Vec<(String, Params<'_>)>,
        commit: bool,
    ) -> Result<(), Fail> {
        let schema = self.options.schema.clone();
        let tables = by_table(rows);
        let mut asked: Vec<(String, Params<'_>)> = Vec::new();
        for (table, columns) in &tables {
            if !columns.removed.is_empty() {
                asked.push((sql::remove(&schema, *table), vec![&columns.removed as _]));
            }
            if !columns.keys.is_empty() {
                let params: Params<'_> = vec![
                    &columns.keys,
                    &columns.parts,
                    &columns.months,
                    &columns.days,
                    &columns.ats,
                    &columns.changed,
                    &columns.bodies,
                    &origin.boot,
                    &origin.ahead,
                ];
                asked.push((sql::write(&schema, *table), params));
            }
        }
        asked.extend(more);
        let (texts, params): (Vec<_>, Vec<_>) = asked.into_iter().unzip();
        let statements = self.statements(&texts)?;
        let Some(link) = self.link.take() else { return Err(Fail::Lost("no connection".to_owned())) };
        let wait = self.wait;
        let client = &link.client;
        let answered = self.run(wait, async {
            let asked = statements.iter().zip(&params).map(|(text, params)| client.execute(text, params));
            let asked = join_all(asked);
            if !commit {
                return Ok((asked.await, Ok(())));
            }
            // Sent behind them: where one fails, the server takes all back instead.
            Ok(futures_util::future::join(asked, client.batch_execute("COMMIT")).await)
        });
        let (written, committed) = answered?;
        if commit {
            self.open = false;
        }
        let ended = self.keep(link, written);
        let committed = committed.map_err(|error| fail(&error));
        if matches!(committed, Err(Fail::Lost(_))) {
            self.link = None;
        }
        ended?;
        committed
    }
}

/// A connection to the store, its tables there.
pub(super) async fn connect(
    address: &Address,
    options: &PostgresOptions,
    name: &str,
    tell: UnboundedSender<()>,
) -> Result<Link, Fail> {
    let client = address.connect(options, name, tell).await?;
    schema::ready(&client, &options.schema).await?;
    Ok(Link { client, statements: HashMap::new() })
}
