//! What is read without a lock, in every order within a bound. The models are in `src/`.

use planguard_models::{aliases, filed, gate, held, line, pages};

/// Each model as a test of its own.
macro_rules! models {
    ($($file:ident: $($model:ident),+;)+) => { $($(
        #[test]
        fn $model() {
            $file::$model();
        }
    )+)+ };
}

models! {
    line: no_reader_sees_half_of_a_write, a_line_never_goes_back,
        two_that_write_over_each_other_leave_one_write_whole;
    gate: replaced_entitlements_are_shown_no_longer, a_plan_and_its_bounds_are_of_one_turn;
    pages: what_was_filed_is_found_while_a_page_is_split, what_was_filed_is_found_while_pages_take_turns;
    filed: a_line_is_found_while_others_come_and_go;
    held: a_row_that_is_taken_away_is_whole_or_gone,
        a_row_is_never_missed_nor_mixed_while_others_are_written;
    aliases: ids_that_are_filed_at_once_are_never_mixed_up;
}
