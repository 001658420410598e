//! How the plan that reads find is worked out and closed (`client/gate.rs`, on its line): once entitlements are replaced,
//! nobody is shown what was worked out of the former ones.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::client::line::{Line, Words};
use crate::orders;

/// The line, the bound beside it, and the number of the entitlements in force.
#[derive(Default)]
struct Gate {
    line: Line<1>,
    bound: AtomicU64,
    entitlements: AtomicU64,
}

const OPEN: u32 = 1;

impl Gate {
    /// As a read does that finds it closed: the turn first, then what is in force, then what follows from it.
    fn work_out(&self) {
        let Some(turn) = self.line.turn() else { return };
        let n = self.entitlements.load(Ordering::Acquire);
        self.line.try_write(turn, &Words { marks: OPEN, words: [n] }, || {
            self.bound.store(n, Ordering::Relaxed);
        });
    }

    /// As memory does when entitlements are replaced.
    fn replace(&self, n: u64) {
        self.entitlements.store(n, Ordering::Release);
        self.line.write_over(&Words::default());
    }

    /// Of which entitlements the plan is that is shown, with the bound that stands beside it.
    fn look(&self) -> Option<u64> {
        let (Words { marks, words }, turn) = self.line.read_turn();
        if marks & OPEN == 0 {
            return None;
        }
        let bound = self.bound.load(Ordering::Relaxed);
        if self.line.still(turn) {
            assert_eq!(bound, words[0], "the bound is of the plan that is shown");
        }
        Some(words[0])
    }
}

/// One replaces the entitlements while another works the former ones out.
pub fn replaced_entitlements_are_shown_no_longer() {
    orders(2, || {
        let gate = Arc::new(Gate::default());
        gate.entitlements.store(1, Ordering::Relaxed);
        let working = Arc::clone(&gate);
        let worker = thread::spawn(move || working.work_out());
        gate.replace(2);
        // The call has returned: whoever reads now must not be shown the former plan.
        assert!(gate.look().is_none_or(|of| of == 2));
        worker.join().unwrap();
        assert!(gate.look().is_none_or(|of| of == 2));
    });
}

/// Two work out what is in force while a third looks: plan and bound fit.
pub fn a_plan_and_its_bounds_are_of_one_turn() {
    orders(2, || {
        let gate = Arc::new(Gate::default());
        gate.entitlements.store(1, Ordering::Relaxed);
        gate.work_out();
        let replacing = Arc::clone(&gate);
        let writer = thread::spawn(move || {
            replacing.replace(2);
            replacing.work_out();
        });
        gate.look();
        writer.join().unwrap();
        assert_eq!(gate.look(), Some(2));
    });
}
