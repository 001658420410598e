//! Pseudonyms of ids that were asked for lately: threads that file at once never mix two ids up.

use loom::sync::Arc;
use loom::thread;

use crate::aliases_source::Aliases;
use crate::model::Pseudonym;
use crate::orders;

fn pseudonym(id: u8) -> Pseudonym {
    Pseudonym([id + 1; 16])
}

/// Two file two ids at once, and ask for each other's.
pub fn ids_that_are_filed_at_once_are_never_mixed_up() {
    orders(2, || {
        let aliases = Arc::new(Aliases::new([1, 2]));
        let ask = |aliases: &Aliases, id: u8| {
            assert_eq!(aliases.get(0, &[id], || pseudonym(id)), pseudonym(id));
        };
        // There is a page, with one id.
        ask(&aliases, 0);
        let other = Arc::clone(&aliases);
        let filing = thread::spawn(move || ask(&other, 1));
        ask(&aliases, 2);
        ask(&aliases, 0);
        filing.join().unwrap();
        ask(&aliases, 1);
    });
}
