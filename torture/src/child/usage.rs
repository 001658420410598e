//! Room and counts: permits that are committed, dropped or left to their id, and happenings counted once or each time.

use planguard::limits::{Committed, PermitId};
use planguard::{Action, Done, GroupId, GroupType, UserId};

use super::{App, Stage};
use crate::journal::{Told, Want};
use crate::names;

/// A few groups at once are filled, by all processes; when they are nearly full, others take their place.
fn draw(app: &App) -> u32 {
    let filled = u32::try_from(app.op.get() / 150).unwrap_or(u32::MAX);
    app.part.process / 3 * 300 + filled.min(90) * 3 + app.rng.borrow_mut().u32(0..4)
}

fn finished(committed: Committed) -> Told {
    match committed {
        Committed::InTime => Told::Counted { late: false },
        Committed::AfterExpiry => Told::Counted { late: true },
        Committed::NotKept => Told::NotKept,
    }
}

/// Asks for room in a group, and finishes the permit in one of the ways there are.
pub(super) async fn room(app: &App) -> anyhow::Result<()> {
    let group = draw(app);
    let name = GroupId::new(names::group(group))?;
    let action = Action::AddMembers { group: name, kind: GroupType::Work, count: 1 };
    let reserving = async {
        match app.guard.reserve(&action).await.permit() {
            Some(permit) => (Told::Held { permit: permit.id().to_string() }, Some(permit)),
            None => (Told::Denied, None),
        }
    };
    let Some(permit) = app.ask(Want::Reserve { group }, None, reserving).await? else { return Ok(()) };
    app.points.reach(Stage::WithPermit);
    tokio::task::yield_now().await;
    let id = permit.id().to_string();
    let drawn = app.rng.borrow_mut().u8(0..10);
    match drawn {
        0..6 => {
            let committing = async { (finished(permit.commit().await), ()) };
            app.ask(Want::Commit { permit: id, group, by_id: false }, None, committing).await
        }
        6..8 => {
            app.wants(Want::Drop { permit: id, group })?;
            drop(permit);
            Ok(())
        }
        _ => {
            permit.keep();
            app.kept.borrow_mut().push((id, group));
            Ok(())
        }
    }
}

/// Finishes by its id a permit that this process or one before it has left.
pub(super) async fn finish_left(app: &App) -> anyhow::Result<()> {
    let left = {
        let mut kept = app.kept.borrow_mut();
        if kept.is_empty() {
            return Ok(());
        }
        let at = app.rng.borrow_mut().usize(0..kept.len());
        kept.swap_remove(at)
    };
    let (permit, group) = left;
    let id: PermitId = permit.parse()?;
    let committing = async { (finished(app.guard.commit_permit(id, Done::All).await), ()) };
    app.ask(Want::Commit { permit, group, by_id: true }, None, committing).await
}

/// Counts a friend.
pub(super) async fn record(app: &App) -> anyhow::Result<()> {
    let user = app.rng.borrow_mut().u32(0..20);
    let (who, peer) = (UserId::new(names::user(user))?, UserId::new(names::PEER)?);
    let recording = async {
        app.guard.record(&Action::AddFriend { user: who, peer }).await;
        (Told::Done, ())
    };
    app.ask(Want::Record { user }, None, recording).await
}

/// Counts a search that is reported several times.
pub(super) async fn once(app: &App) -> anyhow::Result<()> {
    let key = app.part.process / 3 * 40 + app.rng.borrow_mut().u32(0..60);
    let recording = async {
        let counted = app.guard.record_once(&names::key(key), &Action::Search).await;
        (Told::Once { counted }, ())
    };
    app.ask(Want::Once { key }, None, recording).await
}
