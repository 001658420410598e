//! What the app does meanwhile: every operation of the guard that writes, and what must hold of each.

use planguard::client::{FetchPolicy, Permit, Reservation};
use planguard::login::{Begun, LoginIntent, LoginOutcome};
use planguard::{Action, GroupId, GroupType, Observation, Planguard, RejectionContext, UserId};
use support::{Outcome, ada, error, now, request, user, with};

use super::world::World;

/// The group's own maximum.
pub(crate) const ROOM: u64 = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Observe,
    Login(&'static str),
    Permit,
    GiveBack,
    Foreign,
    Record,
    Once,
    Again,
    Kick,
    KnownActive,
    Refused,
    Ticket,
    Deferred,
    Rejected,
    Sync,
    NewUserSig,
    Flush,
    LogOut,
}

pub(crate) const SCRIPT: [Step; 20] = [
    Step::Observe,
    Step::Login("ada"),
    Step::Permit,
    Step::GiveBack,
    Step::Foreign,
    Step::Record,
    Step::Once,
    Step::Again,
    Step::Kick,
    Step::KnownActive,
    Step::Refused,
    Step::NewUserSig,
    Step::Ticket,
    Step::Deferred,
    Step::Rejected,
    Step::Sync,
    Step::Login("ada"),
    Step::LogOut,
    Step::Login("bob"),
    Step::Flush,
];

impl Step {
    /// How many members it adds to the group.
    pub(crate) const fn members(self) -> u64 {
        match self {
            Self::Observe => 5,
            Self::Permit => 2,
            Self::Record | Self::Once => 1,
            _ => 0,
        }
    }

    /// The user whose login succeeds in it.
    pub(crate) const fn logs_in(self) -> Option<&'static str> {
        match self {
            Self::Login(who) => Some(who),
            Self::Ticket => Some("dan"),
            _ => None,
        }
    }

    /// Whether the app does it again when it was killed meanwhile: a list is read again, a person asks again, and a
    /// notice is delivered again.
    pub(crate) const fn is_repeated(self) -> bool {
        matches!(self, Self::Observe | Self::Once | Self::KnownActive) || self.logs_in().is_some()
    }

    /// Whether it asks for a login, and how often.
    pub(crate) const fn requests(self) -> u64 {
        match self {
            Self::Login(_) | Self::Ticket | Self::Refused | Self::Deferred => 1,
            // A push, which is denied, and the person who was asked.
            Self::Kick => 2,
            _ => 0,
        }
    }
}

fn group() -> GroupId {
    support::group("g")
}

pub(crate) fn add_members(count: u64) -> Action {
    Action::AddMembers { group: group(), kind: GroupType::Public, count }
}

fn logged_in(outcome: &Outcome) -> bool {
    outcome.as_ref().is_ok_and(LoginOutcome::is_logged_in)
}

fn held(reservation: Reservation, world: &World) -> Permit {
    match reservation {
        Reservation::Held(permit) => permit,
        Reservation::Denied(why) => {
            panic!("{:?} at transaction {:?}: there is room: {:?}", world.blow, world.sprung_at(), why.checks)
        }
    }
}

/// Does one step; panics where the guard does not do what it must, whatever befalls its store.
pub(crate) async fn play(step: Step, guard: &Planguard, other: &Planguard, world: &World) {
    let of = |name: &str| -> UserId { user(name) };
    match step {
        Step::Observe => {
            guard.observe(&Observation::Group { group: group(), members: 5, own_max: Some(ROOM) }).await;
        }
        Step::Login(who) => {
            let outcome = now(guard, request(who), Ok(1)).await;
            assert!(logged_in(&outcome), "{outcome:?}");
        }
        Step::Permit => {
            let _ = held(guard.reserve(&add_members(2)).await, world).commit().await;
        }
        Step::GiveBack => match guard.reserve(&add_members(4)).await {
            // The memory that stands in cannot tell that room is no longer held which was held before the outage:
            // until that lapses it is there twice, and less is given out than could be.
            Reservation::Denied(_) if world.is_out() => {}
            reservation => drop(held(reservation, world)),
        },
        Step::Foreign => other.record(&Action::RegisterUser).await,
        Step::Record => guard.record(&add_members(1)).await,
        Step::Once => drop(guard.record_once("notice 7", &add_members(1)).await),
        Step::Again => assert!(!guard.record_once("notice 7", &add_members(1)).await, "counted twice"),
        Step::Kick => {
            guard.session(ada()).kicked_off().await;
            let push = now(guard, with("ada", LoginIntent::PushWake), Ok(1)).await;
            assert!(!logged_in(&push), "kicked off: {push:?}");
            let confirmed = LoginIntent::AfterKick { confirmed: true };
            let asked = now(guard, with("ada", confirmed), Ok(1)).await;
            assert!(logged_in(&asked), "{asked:?}");
        }
        Step::KnownActive => guard.known_active(&of("eve")).await,
        Step::Refused => {
            let refused = now(guard, request("cid"), Err(error(6206))).await;
            refused.expect_err("the UserSig has expired");
        }
        Step::NewUserSig => guard.new_user_sig(&of("cid")).await,
        Step::Ticket => match guard.begin_login_with(request("dan")).await {
            Ok(Begun::Ticket(ticket)) => assert!(ticket.succeed().await.is_logged_in()),
            begun => {
                assert!(matches!(&begun, Ok(Begun::Outcome(outcome)) if outcome.is_logged_in()), "{begun:?}");
            }
        },
        Step::Deferred => {
            let push = now(guard, with("fay", LoginIntent::PushWake), Ok(1)).await;
            assert!(matches!(push, Ok(LoginOutcome::Deferred { .. })), "{push:?}");
        }
        Step::Rejected => {
            let action = Action::CreateGroup { owner: ada(), kind: GroupType::Public, initial_members: 0 };
            let context = RejectionContext { action: Some(&action), ..RejectionContext::default() };
            drop(guard.report_rejection(10_037, "", &context).await);
        }
        Step::Sync => drop(guard.sync(FetchPolicy::Fetch).await),
        Step::Flush => drop(guard.flush().await),
        Step::LogOut => guard.session(ada()).logged_out().await,
    }
    if matches!(world.blow, Some(super::world::Blow::Hang { for_long: false })) && world.sprung() {
        world.recover();
    }
}
