//! Pseudonyms of ids that were asked for lately: threads that file at once never mix two ids up.

use loom::sync::Arc;
use loom::thread;
use siphasher::sip::SipHasher13;

use crate::aliases_source::Aliases;
use crate::model::Pseudonym;
use crate::orders;

const KEYS: [u64; 2] = [1, 2];

/// Entries of a page.
const PAGE: u64 = 32;

fn pseudonym(id: u8) -> Pseudonym {
    Pseudonym([id + 1; 16])
}

/// Two ids that are filed in the same entry of a page, and another one, that is filed before.
fn ids() -> [u8; 3] {
    let place = |id: u8| SipHasher13::new_with_keys(KEYS[0], KEYS[1]).hash(&[id]) % PAGE;
    let same = (2..u8::MAX).find(|id| place(*id) == place(1) && place(1) != place(0));
    [0, 1, same.unwrap()]
}

/// Two file two ids at once in the same entry, and ask for each other's.
pub fn ids_that_are_filed_at_once_are_never_mixed_up() {
    let [filed, one, other] = ids();
    orders(2, move || {
        let aliases = Arc::new(Aliases::new(KEYS));
        let ask = |aliases: &Aliases, id: u8| {
            assert_eq!(aliases.get(0, &[id], || pseudonym(id)), pseudonym(id));
        };
        // There is a page, with one id.
        ask(&aliases, filed);
        let shared = Arc::clone(&aliases);
        let filing = thread::spawn(move || {
            ask(&shared, one);
            ask(&shared, other);
        });
        ask(&aliases, other);
        ask(&aliases, filed);
        filing.join().unwrap();
        ask(&aliases, one);
    });
}
