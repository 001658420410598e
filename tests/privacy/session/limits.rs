//! What a session asks of limits: checks, reservations, calls of the chat SDK and its refusals.

use planguard::login::ProviderError;
use planguard::{Action, Done, GroupType, Observation, Planguard, Refused, RejectionContext, Reservation};

use super::{Session, group, refusal, user};
use crate::capture::{HOST_BUG, Told};
use crate::host::Own;
use crate::marks::Marks;
use crate::tell;

impl Session {
    pub(super) async fn limits(&self, guard: &Planguard, marks: &Marks, told: &Told) {
        let (user, peer) = (user(marks, "user"), user(marks, "peer"));
        let (group, own) = (group(marks, "group"), group(marks, "new group"));
        for observation in [
            Observation::Friends { user, count: 2_999 },
            Observation::Groups { user, count: 470 },
            Observation::Group { group, members: 100, own_max: Some(100) },
        ] {
            told.add(format_args!("{observation:?}"));
            guard.observe(&observation).await;
        }
        let kind = GroupType::Public;
        for action in [
            Action::AddFriend { user, peer },
            Action::AddFriend { user, peer: user },
            Action::JoinGroup { user, group, kind },
            Action::AddMembers { group, kind, count: 9 },
            Action::CreateGroup { owner: user, kind, initial_members: 3 },
            Action::RegisterUser,
            Action::Search,
        ] {
            told.add(format_args!("{action:?}"));
            tell!(told, guard.check(&action));
            let assessment = guard.assess(&action);
            tell!(told, assessment);
            for remedy in assessment.remedies() {
                tell!(told, remedy);
            }
            let reservation = guard.reserve(&action).await;
            told.add(format_args!("{reservation:?}"));
            if let Reservation::Held(permit) = reservation {
                told.add(format_args!("{permit:?} {:?} {:?}", permit.id(), permit.assessment()));
                let committed = match action {
                    Action::CreateGroup { .. } => permit.commit_as(&own).await,
                    Action::JoinGroup { .. } => {
                        let id = permit.keep();
                        guard.commit_permit(id, Done::All).await
                    }
                    _ => permit.commit().await,
                };
                tell!(told, committed);
            }
            guard.record(&action).await;
            let key = format!("key {}", marks.of("key of a happening"));
            told.add((guard.record_once(&key, &action).await, guard.record_once(&key, &action).await).0);
        }
        self.performed(guard, marks, told).await;
    }

    /// Calls of the chat SDK that are not made, that it refuses, and around which the app fails.
    async fn performed(&self, guard: &Planguard, marks: &Marks, told: &Told) {
        let (user, peer) = (user(marks, "other user"), user(marks, "peer"));
        let befriend = Action::AddFriend { user, peer };
        // A bug in the app's call goes through the guard, and leaves nothing of its text in it.
        let (broken, text) = (guard.clone(), marks.of("text of the app's own code").to_owned());
        let joined = tokio::spawn(async move {
            let call = || async move { panic!("{HOST_BUG}{text}") };
            let _: Result<(), Refused<ProviderError>> = broken.perform(&befriend, call).await;
        });
        assert!(joined.await.expect_err("it panicked").is_panic());
        let own = || async { Err::<(), _>(Own(marks.of("text of the app's own code").to_owned())) };
        tell!(told, guard.perform(&befriend, own).await.expect_err("the app failed"));
        for code in [-1, 6014, 0, 60020, 30014, 30010] {
            let call = || async { if code == 0 { Ok(()) } else { Err(refusal(marks, code)) } };
            if let Err(refused) = guard.perform(&befriend, call).await {
                tell!(told, refused);
            }
        }
        guard.observe(&Observation::Friends { user, count: 99_999 }).await;
        let never = || async { Err::<(), _>(refusal(marks, 1)) };
        tell!(told, guard.perform(&befriend, never).await.expect_err("it does not fit"));
    }

    pub(super) async fn refusals(&self, guard: &Planguard, marks: &Marks, told: &Told) {
        let action = Action::JoinGroup {
            user: user(marks, "user"),
            group: group(marks, "group"),
            kind: GroupType::Public,
        };
        for code in [10038, 10014, 60020, 30014, 72000, 7008, 1] {
            let context = RejectionContext { action: Some(&action), ..RejectionContext::default() };
            told.add(format_args!("{context:?}"));
            let rejection = guard.report_rejection(code, &refusal(marks, code).message, &context).await;
            tell!(told, rejection);
        }
    }
}
