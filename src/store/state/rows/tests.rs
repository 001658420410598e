//! Rows that follow a state.

use super::super::State;
use crate::store::{Pass, Work};

#[test]
fn a_state_of_rows_is_the_state() {
    let mut state = State::default();
    state.note_rows();
    let before = state.clone();
    let mut work = Work::write(|t, _| t.set_device_user(Some(crate::model::Pseudonym([1; 16]))));
    state.transact(&mut work, Pass::First).unwrap();
    let rows = state.rows_changed(&before);
    assert_eq!(rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["main"]);
    let mut copy = State::default();
    for row in &rows {
        copy.take_row(&row.name, row.text.as_deref()).unwrap();
    }
    assert_eq!(copy.all_rows(), state.all_rows());
    assert!(copy.take_row("c/free_mau/app/0", Some("{}")).is_err());
    copy.take_row("z/of a later version", Some("?")).unwrap();
}
