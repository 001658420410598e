//! How the model follows what processes acknowledge, and what they learn of time.

use std::sync::atomic::Ordering;

use super::model::{Change, Key};
use super::people::Fact;
use super::world::{World, month_of};

impl World {
    /// Notes where a process has learnt that its time was ahead: what is dated beyond has not happened yet.
    pub(super) fn watch_time(&mut self) {
        for n in 0..self.processes.len() {
            let now = self.processes[n].guard.now().as_millis();
            if now < self.processes[n].seen {
                let month = month_of(self.day(n));
                let far = self.acted - now > 115 * 86_400_000;
                let late = self.processes.iter().any(|process| process.armed);
                self.people.correct(month, far, late);
                self.unknow_days();
                if self.processes[n].armed || self.processes[n].is_down() {
                    self.processes[n].late_correction = Some(month);
                }
                for process in &mut self.processes {
                    for fact in std::mem::take(&mut process.untold) {
                        self.people.learn(fact, false);
                    }
                }
                self.people.correct(month, far, late);
            }
            self.processes[n].seen = now;
        }
    }

    /// What `n` acknowledged is written, or waits until it can be.
    pub(super) fn acknowledged(&mut self, n: usize, change: Option<Change>) {
        self.watch_time();
        let wall = planguard::time::Clock::now(&self.clock).as_millis();
        self.acted = self.acted.max(wall);
        let process = &mut self.processes[n];
        let down = process.is_down();
        let recoveries = process.recovered.load(Ordering::Acquire);
        let fell = down && (!process.was_down || recoveries > process.recoveries);
        process.was_down = down;
        if !down || recoveries > process.recoveries {
            process.recoveries = recoveries;
            // Where the store came back and failed again, the last of these may not be written.
            if !down {
                // What others have counted since, by a later time, was corrected with the rest.
                if let Some(month) = process.late_correction.take() {
                    self.people.correct(month, false, true);
                }
                for fact in std::mem::take(&mut process.untold) {
                    self.people.learn(fact, true);
                }
                for kind in std::mem::take(&mut process.untold_events) {
                    let (least, most) = self.events.entry(kind).or_default();
                    (*least, *most) = (*least + 1, *most + 1);
                }
            }
            for change in std::mem::take(&mut process.pending) {
                self.counts.apply(&change, true);
                if self.setting.processes > 1 {
                    self.counts.told_late(&change);
                }
            }
            let fell_with = std::mem::take(&mut process.fell_with);
            if self.setting.processes > 1 {
                self.counts.in_either_order(&fell_with);
            }
        }
        if let Some(change) = change {
            if down {
                if fell {
                    self.processes[n].fell_with.extend_from_slice(change.adds());
                }
                self.processes[n].pending.push(change);
            } else {
                self.counts.apply(&change, true);
            }
        }
    }

    /// `n` acknowledged `fact`.
    pub(super) fn learn(&mut self, n: usize, fact: Fact) {
        let month = self.month(n);
        self.people.doubt_by(month, fact);
        if self.processes[n].is_down() || self.processes[n].armed {
            self.processes[n].untold.push(fact);
        } else {
            self.people.learn(fact, true);
        }
    }

    /// What was counted on which day is not known any more: neither of the days that are now, nor of those in which
    /// permits hold room.
    fn unknow_days(&mut self) {
        let held = self.processes.iter().flat_map(|process| &process.permits).map(|(held, _)| held);
        let held = held.chain(&self.ghosts).flat_map(|held| held.adds.iter());
        let held: Vec<_> = held
            .filter_map(|(key, _)| if let Key::NewGroups(day) = key { Some(*day) } else { None })
            .collect();
        let now: Vec<_> = (0..self.processes.len()).map(|n| self.day(n)).collect();
        self.counts.unknow_days(held.into_iter().chain(now));
    }

    /// The day on which process `n` counted something that it began on the day `before`. Where another process's time
    /// came in between, nobody can say which.
    pub(super) fn day_counted(&mut self, n: usize, before: i64) -> i64 {
        let day = self.day(n);
        if day != before {
            self.counts.unknow_days([before, day]);
        }
        day
    }
}
