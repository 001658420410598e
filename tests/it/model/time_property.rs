//! What holds of trusted time after any history.

use std::time::Duration;

use planguard::{ClockFinding, TimeCorrection, TimeRecord, Timestamp};
use proptest::prelude::*;

use super::device::{DAYS, Device, HOUR, YEAR, s};

#[derive(Clone, Copy, Debug)]
enum Step {
    Pass(i64),
    SetClock(i64),
    Reboot,
    Off(i64),
    Look,
    Read,
    Answer { error: i64, issued: Option<i64> },
}

fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), -90..90_i64, -2 * DAYS..2 * DAYS, -100 * DAYS..100 * DAYS, -60 * YEAR..60 * YEAR,]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (0..3 * DAYS).prop_map(Step::Pass),
        seconds().prop_map(Step::SetClock),
        Just(Step::Reboot),
        (0..90 * DAYS).prop_map(Step::Off),
        Just(Step::Look),
        Just(Step::Read),
        (seconds(), proptest::option::of(seconds()))
            .prop_map(|(error, issued)| Step::Answer { error, issued }),
    ]
}

/// A device and all answers that it has had: what they said, and both clocks then.
struct History {
    device: Device,
    answers: Vec<(i64, i64, i64)>,
    last: Timestamp,
}

impl History {
    fn run(&mut self, step: Step) {
        let mut back = None;
        match step {
            Step::Pass(secs) => self.device.pass(secs),
            Step::SetClock(error) => self.device.error = error,
            Step::Reboot => self.device.reboot(),
            Step::Off(secs) => {
                self.device.truth += secs;
                self.device.reboot();
            }
            Step::Read => {}
            Step::Look => {
                self.read(None);
                if let Some(ClockFinding::Corrected(correction)) = self.device.look() {
                    back = Some(correction);
                }
            }
            Step::Answer { error, issued } => back = self.answer(error, issued),
        }
        self.read(back);
    }

    /// Time goes back with a correction that was returned, and not otherwise.
    fn read(&mut self, back: Option<TimeCorrection>) {
        self.device.off();
        let now = self.device.record.high_water;
        if now < self.last {
            assert_eq!(back.map(|correction| correction.to), Some(now));
        }
        self.last = now;
    }

    fn answer(&mut self, error: i64, issued: Option<i64>) -> Option<TimeCorrection> {
        self.read(None);
        let (before, first) = (self.last, self.device.record.confirmed.is_none());
        let issued_at = issued.map(|issued| s(self.device.truth + issued));
        let correction = self.device.answer_of(error, issued_at);
        let after = self.device.record.now(self.device.wall());
        let wall = self.device.wall().as_millis() / 1000;
        let said = s(self.device.truth + error).as_millis() / 1000;
        if after.since(before).max(before.since(after)) > Duration::from_secs(DAYS.unsigned_abs()) {
            let agreed = self.answers.iter().any(|(server, at, up)| {
                let near = |passed: i64| (said - server - passed).abs() <= 600;
                near(wall - at) || near(self.device.up - up)
            });
            assert!(
                agreed || (first && issued_at.is_some()),
                "one answer moved time from {before} to {after}"
            );
        }
        self.answers.push((said, wall, self.device.up));
        correction
    }
}

proptest! {
    #![proptest_config(crate::drawn::cases(2000))]

    #[test]
    fn after_any_history_two_right_answers_bring_right_time(
        steps in proptest::collection::vec(step(), 0..30),
        between in 0..20 * HOUR,
        set in proptest::option::of(seconds()),
    ) {
        let device = Device { record: TimeRecord::default(), ..Device::new() };
        let mut history = History { device, answers: Vec::new(), last: Timestamp::MIN };
        for step in steps {
            history.run(step);
        }
        history.run(Step::Answer { error: 0, issued: None });
        history.run(Step::Pass(between));
        if let Some(error) = set {
            // The user may set the clock even between the two.
            history.device.error = error;
        }
        history.run(Step::Answer { error: 0, issued: None });
        let off = history.device.off();
        prop_assert!(off.abs() <= 2, "off by {off} s");
    }
}
