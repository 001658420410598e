//! The index: a line is found while others come and go.

use loom::sync::Arc;
use loom::thread;

use super::index::Index;
use crate::orders;

const LOW: u64 = 1;

/// A line is looked for while another one of its page is taken off and one is filed in its place.
pub fn a_line_is_found_while_others_come_and_go() {
    orders(2, || {
        let index = Arc::new(Index::default());
        let file = |line: u32| index.insert(LOW, line, |_| Some(LOW));
        file(0);
        file(1);
        let looking = Arc::clone(&index);
        let reader = thread::spawn(move || {
            let found = looking.find(LOW, |line| (line == 1).then_some(line));
            assert_eq!(found, Some(1));
        });
        index.remove(LOW, 0);
        index.insert(LOW, 2, |_| Some(LOW));
        reader.join().unwrap();
        let find = |wanted| index.find(LOW, |line| (line == wanted).then_some(line));
        assert_eq!([find(0), find(1), find(2)], [None, Some(1), Some(2)]);
    });
}
