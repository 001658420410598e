//! Which operation comes next: several tasks draw theirs at random, from what the seed says.

use std::rc::Rc;
use std::time::Duration;

use planguard::FetchPolicy;
use planguard::store::Fault;
use planguard::time::Clock as _;

use super::{App, logins, usage};
use crate::journal::{Told, Want};

/// How many tasks work at once.
const TASKS: u32 = 3;

/// First what the process before died in, then anything.
pub(super) async fn run(app: Rc<App>) -> anyhow::Result<()> {
    for &user in &app.part.again {
        logins::again(&app, user).await?;
    }
    let ops = app.part.ops / TASKS;
    let tasks: Vec<_> = (0..TASKS).map(|_| tokio::task::spawn_local(work(Rc::clone(&app), ops))).collect();
    for task in tasks {
        task.await??;
    }
    // What memory kept is written before the process ends, as an app does that goes to the background.
    app.switch.recover();
    flush(&app).await?;
    for _ in 0..40 {
        if !app.is_down() {
            break;
        }
        app.clock.sleep(Duration::from_millis(100)).await;
        usage::record(&app).await?;
    }
    Ok(())
}

async fn work(app: Rc<App>, ops: u32) -> anyhow::Result<()> {
    for _ in 0..ops {
        let drawn = app.rng.borrow_mut().u32(0..100);
        match drawn {
            0..28 => logins::closure(&app).await?,
            28..42 => logins::ticket(&app).await?,
            42..62 => usage::room(&app).await?,
            62..68 => usage::finish_left(&app).await?,
            68..76 => usage::record(&app).await?,
            76..86 => usage::once(&app).await?,
            86..89 => sync(&app).await?,
            89..95 => flush(&app).await?,
            _ if app.part.outages => outage(&app),
            _ => app.clock.sleep(Duration::from_millis(1)).await,
        }
    }
    Ok(())
}

async fn sync(app: &App) -> anyhow::Result<()> {
    let doing = async {
        // That the endpoint failed is what it was told to do; the last good document stays.
        let _ = app.guard.sync(FetchPolicy::Fetch).await;
        (Told::Done, ())
    };
    app.ask(Want::Sync, None, doing).await
}

async fn flush(app: &App) -> anyhow::Result<()> {
    let doing = async {
        let flushed = app.guard.flush().await;
        (Told::Flushed { dropped: flushed.dropped }, ())
    };
    app.ask(Want::Flush, None, doing).await
}

/// The store fails for some transactions, or until it is let go; or it is let go.
fn outage(app: &App) {
    let mut rng = app.rng.borrow_mut();
    let faults = [Fault::DiskFull, Fault::Busy, Fault::Unwritable, Fault::Backend];
    let fault = faults[rng.usize(0..faults.len())];
    match rng.u8(0..4) {
        0 => app.switch.fail_next(rng.u64(1..4), fault),
        1 => app.switch.fail_later(rng.u64(0..6), rng.u64(1..8), fault),
        2 => app.switch.fail_next(u64::MAX, fault),
        _ => app.switch.recover(),
    }
}
