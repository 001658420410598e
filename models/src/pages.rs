//! Pages by hash: what was filed is found while pages are followed by others and used again.

use loom::sync::Arc;
use loom::sync::atomic::{AtomicU64, Ordering};
use loom::thread;

use crate::orders;
use crate::paged::{Follow, Pages, is_second};

/// A page of up to two hashes.
#[derive(Debug, Default)]
struct Two([AtomicU64; 2]);

impl Two {
    fn has(&self, hash: u64) -> bool {
        self.0.iter().any(|held| held.load(Ordering::Acquire) == hash)
    }

    fn all(&self) -> Vec<u64> {
        self.0.iter().map(|held| held.load(Ordering::Relaxed)).filter(|held| *held != 0).collect()
    }

    fn set(&self, all: &[u64]) {
        for (nth, held) in self.0.iter().enumerate() {
            held.store(all.get(nth).copied().unwrap_or_default(), Ordering::Release);
        }
    }
}

/// As the index looks: again, where a page was followed meanwhile.
fn finds(pages: &Pages<Two, 4>, hash: u64) -> bool {
    let mut turn = pages.turn();
    loop {
        if pages.page(turn, hash).is_some_and(|page| page.has(hash)) {
            return true;
        }
        let now = pages.turn();
        if now == turn {
            return false;
        }
        turn = now;
    }
}

fn follow(pages: &Pages<Two, 4>, hash: u64, by: &Follow) {
    let followed = pages.follow(hash, by, |old, [first, second], depth| {
        // They are in no particular state: one was in use before.
        first.set(&[]);
        second.set(&[]);
        let (high, low) = old.all().into_iter().partition::<Vec<_>, _>(|hash| is_second(*hash, depth));
        if matches!(by, Follow::Same) {
            first.set(&[low, high].concat());
        } else {
            first.set(&low);
            second.set(&high);
        }
    });
    assert!(followed);
}

const LOW: u64 = 1;
const HIGH: u64 = 1 << 63;

fn found_while(steps: &'static [Follow]) {
    orders(2, move || {
        let pages = Arc::new(Pages::<Two, 4>::default());
        pages.page_made(LOW).set(&[LOW, HIGH]);
        let reading = Arc::clone(&pages);
        let reader = thread::spawn(move || {
            assert!(finds(&reading, LOW));
            assert!(finds(&reading, HIGH));
        });
        for step in steps {
            follow(&pages, LOW, step);
        }
        reader.join().unwrap();
        assert!(finds(&pages, LOW) && finds(&pages, HIGH));
    });
}

/// A page is split in two, and the former one used again for the next split.
pub fn what_was_filed_is_found_while_a_page_is_split() {
    found_while(&[Follow::Split, Follow::Split]);
}

/// A page is followed by one for the same hashes, twice, so that the first is used again.
pub fn what_was_filed_is_found_while_pages_take_turns() {
    found_while(&[Follow::Same, Follow::Same]);
}
