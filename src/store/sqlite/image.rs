//! Reading everything that a guard keeps in memory. In a large file the users are read on a thread of their own while
//! this one reads the counters.

use std::collections::HashSet;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{Connection, OpenFlags, params};

use super::codec::Col;
use super::fail::Fail;
use super::tx::Tx;
use super::user_row::{self, KEPT};
use super::{catalogs, counters, hot, outbox, reports, singles, users};
use crate::model::{BillingMonth, Elapsed, Horizon, Pseudonym, User};
use crate::store::{Image, Rows};

/// From this size on a second thread is worth it.
pub(super) const LARGE: i64 = 4 << 20;

/// How many users go from one thread to the other at a time, and how many such parcels wait at most.
const PARCEL: usize = 1024;
const WAITING: usize = 64;

pub(super) fn image(
    t: &mut Tx<'_>,
    since: BillingMonth,
    now: Elapsed,
    rows: &mut dyn Rows,
) -> Result<Image, Fail> {
    let horizon = Horizon::new(since);
    t.write_back()?;
    let sql = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size";
    let bytes: i64 = t.prepare(sql)?.query_row([], |row| row.get(0))?;
    if bytes >= LARGE {
        // Rows are counted by pages, which is little beside reading them; of a small file it is not worth it.
        let count = "SELECT (SELECT count(*) FROM counters), (SELECT count(*) FROM users)";
        let (counters, users) =
            t.prepare(count)?.query_row([], |row| Ok((row.get::<_, u32>(0)?, row.get::<_, u32>(1)?)))?;
        rows.expect(counters as usize, users as usize);
    }
    let mut users = Users::begin(t, since, bytes)?;
    let mut read = 0_usize;
    counters::all(t, now, |key, counter| {
        if !key.is_past(&horizon) {
            rows.counter(key, counter);
        }
        read += 1;
        if read.is_multiple_of(PARCEL) {
            users.give_waiting(rows);
        }
    })?;
    users.finish(t, since, rows)?;
    let mut warned = reports::warned(t)?;
    warned.retain(|warning| !warning.counter.is_past(&horizon));
    let values = singles::singles(t)?;
    Ok(Image {
        seq: t.seen(),
        device_user: t.group.hot.device_user,
        warned,
        document: singles::document(t)?,
        catalogs: catalogs::since(t, 0)?,
        suspension: values.suspension.0,
        sync: singles::sync(t)?,
        time: values.time.0,
        outbox_dropped: outbox::dropped(t)?,
    })
}

type Parcel = Result<Vec<(Pseudonym, User)>, Fail>;

/// Where the users come from.
enum Source {
    /// From this connection.
    Here,
    /// From another thread, as they were before this transaction.
    There { parcels: Receiver<Parcel>, failed: Option<Fail> },
}

/// Users on their way to whoever asked.
struct Users {
    source: Source,
    /// Those that are given apart: with a login under way, or changed by this transaction.
    apart: HashSet<Pseudonym>,
}

impl Users {
    /// Begins to read them, on another thread if the file is large.
    fn begin(t: &Tx<'_>, since: BillingMonth, bytes: i64) -> Result<Self, Fail> {
        let mut apart: HashSet<_> = user_row::names(t.connection())?.into_iter().collect();
        let changed = t.group.hot.log.users_since(t.committed);
        let Some(changed) = changed.filter(|_| bytes >= LARGE) else {
            return Ok(Self { source: Source::Here, apart });
        };
        let (sender, parcels) = sync_channel(WAITING);
        let (ready, is_ready) = sync_channel(1);
        let (path, committed) = (t.path.to_owned(), t.committed);
        let reader = move || {
            // Whatever fails before the first row is read here instead; this transaction meets it itself.
            let Ok(connection) = beside(&path, committed) else { return };
            if ready.send(()).is_ok()
                && let Err(fail) = send_all(&connection, since, &sender)
            {
                // Whoever is gone wants no answer.
                drop(sender.send(Err(fail)));
            }
        };
        let name = "planguard-read".to_owned();
        let there = std::thread::Builder::new().name(name).spawn(reader).is_ok() && is_ready.recv().is_ok();
        if there {
            apart.extend(changed);
        }
        let source = if there { Source::There { parcels, failed: None } } else { Source::Here };
        Ok(Self { source, apart })
    }

    /// Gives what the other thread has read meanwhile, so that it need not wait.
    fn give_waiting(&mut self, rows: &mut dyn Rows) {
        let Source::There { parcels, failed } = &mut self.source else { return };
        for parcel in parcels.try_iter() {
            match parcel {
                Ok(parcel) => give(parcel, &self.apart, rows),
                Err(fail) => *failed = Some(fail),
            }
        }
    }

    /// Gives the rest.
    fn finish(self, t: &mut Tx<'_>, since: BillingMonth, rows: &mut dyn Rows) -> Result<(), Fail> {
        let Self { source, apart } = self;
        match source {
            Source::Here => user_row::each(t.connection(), KEPT, params![since.number()], |id, user| {
                if !apart.contains(&id) {
                    rows.user(id, user);
                }
            })?,
            Source::There { failed: Some(fail), .. } => return Err(fail),
            Source::There { parcels, failed: None } => {
                for parcel in parcels {
                    give(parcel?, &apart, rows);
                }
            }
        }
        for id in apart {
            let row = users::load(t, id)?;
            if row.is_kept(since) {
                rows.user(id, row.user());
            }
        }
        Ok(())
    }
}

fn give(parcel: Vec<(Pseudonym, User)>, apart: &HashSet<Pseudonym>, rows: &mut dyn Rows) {
    for (id, user) in parcel {
        if apart.is_empty() || !apart.contains(&id) {
            rows.user(id, user);
        }
    }
}

/// Another connection to the file, which sees it as it was when the present transaction began.
fn beside(path: &Path, committed: u64) -> Result<Connection, Fail> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("BEGIN")?;
    let Col(seq) = connection.query_row(hot::SEQ, [], |row| row.get::<_, Col<u64>>(0))?;
    if seq == committed { Ok(connection) } else { Err(Fail::damaged("another state of the file")) }
}

fn send_all(connection: &Connection, since: BillingMonth, to: &SyncSender<Parcel>) -> Result<(), Fail> {
    let mut statement = connection.prepare(KEPT)?;
    let mut rows = statement.query(params![since.number()])?;
    let mut parcel = Vec::with_capacity(PARCEL);
    while let Some(row) = rows.next()? {
        parcel.push(user_row::read_user(row)?);
        if parcel.len() == PARCEL {
            let full = std::mem::replace(&mut parcel, Vec::with_capacity(PARCEL));
            if to.send(Ok(full)).is_err() {
                return Ok(());
            }
        }
    }
    // Whoever is gone wants no more.
    drop(to.send(Ok(parcel)));
    Ok(())
}
