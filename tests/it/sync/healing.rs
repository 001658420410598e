//! Whatever answers, clocks and restarts did to time, two good answers make it right.

use std::time::Duration;

use planguard::Lifecycle;
use planguard::client::SyncError;
use proptest::prelude::*;
use support::{MINUTE, SECOND, local};

use super::played::{DAY, plan, played};
use super::rig::start;
use super::scripted::status;

#[derive(Clone, Debug)]
enum Step {
    /// The endpoint answers with a clock that is off by so much; its documents are made then, or not.
    Answers {
        off_secs: i64,
        made_then: bool,
    },
    /// It fails, with such a clock.
    Fails {
        off_secs: i64,
    },
    /// The device's clock is set, in seconds from the start.
    Set(i64),
    Pass(u32),
    Restart,
    Reboot,
}

fn off() -> impl Strategy<Value = i64> {
    // Some of them twice, so that wrong answers agree now and then.
    prop_oneof![
        Just(0),
        Just(315_360_000),
        Just(-315_360_000),
        -90_000..90_000_i64,
        -400_000_000..400_000_000_i64
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (off(), any::<bool>()).prop_map(|(off_secs, made_then)| Step::Answers { off_secs, made_then }),
        1 => off().prop_map(|off_secs| Step::Fails { off_secs }),
        2 => off().prop_map(Step::Set),
        3 => (0..200_000_u32).prop_map(Step::Pass),
        2 => Just(Step::Restart),
        1 => Just(Step::Reboot),
    ]
}

async fn play(steps: &[Step], restart_between: bool) -> Result<(), TestCaseError> {
    let (endpoint, build) = played();
    let mut rig = build.open().await;
    let mut revision = 1;
    for step in steps {
        match *step {
            Step::Answers { off_secs, made_then } => {
                revision += 1;
                endpoint.mended();
                endpoint.set(|script| {
                    script.off_secs = off_secs;
                    script.document = plan(revision);
                    if made_then {
                        let then = endpoint.now().as_millis() + 1_000 * off_secs;
                        script.document["issued_at"] =
                            serde_json::json!(planguard::Timestamp::from_millis(then.max(0)));
                    }
                });
                let _ = rig.fetch().await;
            }
            Step::Fails { off_secs } => {
                endpoint.set(|script| {
                    script.off_secs = off_secs;
                    script.instead = Some(|| status(503));
                });
                let _ = rig.fetch().await;
            }
            Step::Set(secs) => {
                build.clock.set(planguard::Timestamp::from_millis(start().as_millis() + 1_000 * secs));
            }
            Step::Pass(secs) => endpoint.pass(&build.clock, Duration::from_secs(secs.into())),
            Step::Restart => rig = build.open().await,
            Step::Reboot => {
                build.clock.reboot();
                rig = build.open().await;
            }
        }
    }
    // Past every pause of what failed before.
    endpoint.pass(&build.clock, 2 * 3_600 * SECOND);
    endpoint.mended();
    endpoint.set(|script| {
        script.document = plan(revision + 1);
        script.document["issued_at"] = serde_json::json!(endpoint.now());
    });
    let fetched = rig.fetch().await;
    prop_assert!(!matches!(fetched, Err(SyncError::NotYet { .. })), "{:?}", fetched);
    endpoint.pass(&build.clock, MINUTE);
    if restart_between {
        rig = build.open().await;
    }
    rig.fetch().await.map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert!(endpoint.error_of(&rig) <= 2 * SECOND, "{} for {}", rig.guard.now(), endpoint.now());
    prop_assert_eq!(rig.guard.lifecycle(), Lifecycle::Active);
    prop_assert_eq!(rig.fresh(), Some(true));
    let again = build.open().await;
    prop_assert!(endpoint.error_of(&again) <= 2 * SECOND, "{} after a restart", again.guard.now());
    prop_assert!(endpoint.now() < start().plus(200 * DAY), "within the plan");
    Ok(())
}

proptest! {
    #![proptest_config(crate::drawn::cases(300))]

    #[test]
    fn two_good_answers_heal_any_state(steps in prop::collection::vec(step(), 0..24), restart in any::<bool>()) {
        local(play(&steps, restart))?;
    }
}
