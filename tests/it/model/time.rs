//! The rules of trusted time, case by case.

use std::time::Duration;

use planguard::{ClockFinding, ClockJump, Elapsed, Lesson, TimeCorrection, TimeRecord, Timestamp};

use super::device::{DAYS, Device, HOUR, NOON, YEAR, s};

#[test]
fn one_wrong_date_moves_nothing_and_is_forgotten() {
    for wrong in [-10 * YEAR, -2 * DAYS, 2 * DAYS, 10 * YEAR, 200 * YEAR] {
        let mut device = Device::taught();
        for _ in 0..5 {
            device.pass(HOUR);
            assert_eq!(device.answer(wrong), None, "{wrong}");
            assert_eq!(device.off(), 0, "{wrong}");
            device.pass(HOUR);
            assert_eq!(device.answer(0), None, "{wrong}");
            assert_eq!((device.off(), device.record.claim), (0, None), "{wrong}");
        }
    }
}

#[test]
fn many_wrong_dates_of_different_values_move_nothing() {
    let mut device = Device::taught();
    for wrong in [3, -40, 900, 4000, -7, 2, 365].map(|days| days * DAYS) {
        device.pass(HOUR);
        assert_eq!(device.answer(wrong), None);
        assert_eq!(device.off(), 0);
    }
}

#[test]
fn two_right_answers_heal_what_wrong_ones_agreed_on() {
    for wrong in [-3 * YEAR, -2 * DAYS, 2 * DAYS, 10 * YEAR] {
        let mut device = Device::taught();
        device.answer(wrong);
        device.pass(HOUR);
        let fooled = device.answer(wrong).unwrap();
        assert_eq!((device.off(), fooled.is_backward()), (wrong, wrong < 0));
        device.pass(HOUR);
        assert_eq!(device.answer(0), None);
        device.pass(HOUR);
        let healed = device.answer(0).unwrap();
        assert_eq!((device.off(), healed.is_backward()), (0, wrong > 0));
        assert_eq!(healed.to, s(device.truth));
    }
}

#[test]
fn a_wrong_date_within_a_day_is_taken_back_by_the_next_right_one() {
    for wrong in [-20 * HOUR, -90, 90, 20 * HOUR] {
        let mut device = Device::taught();
        assert!(device.answer(wrong).is_some());
        assert_eq!(device.off(), wrong);
        let healed = device.answer(0).unwrap();
        assert_eq!((device.off(), healed.is_backward()), (0, wrong > 0));
        assert_eq!(healed.jump(), Some(ClockJump { from: s(NOON + wrong), to: s(NOON) }));
    }
}

#[test]
fn a_dead_clock_at_the_first_start_is_corrected_by_one_answer() {
    let mut device = Device { error: -NOON, ..Device::new() };
    device.record = TimeRecord::default();
    let issued = s(device.truth - HOUR);
    assert!(device.answer_of(0, Some(issued)).is_some());
    assert_eq!(device.off(), 0);
    // Once something is learnt, the answer's own document is no second witness.
    assert_eq!(device.answer_of(YEAR, Some(s(device.truth + YEAR))), None);
    assert_eq!(device.off(), 0);
}

#[test]
fn a_dead_clock_and_an_old_document_need_a_second_answer() {
    let mut device = Device { error: 30 * DAYS, ..Device::new() };
    assert_eq!(device.answer_of(0, Some(s(device.truth - 5 * DAYS))), None);
    assert_eq!(device.off(), 30 * DAYS);
    device.pass(60);
    let healed = device.answer_of(0, Some(s(device.truth - 5 * DAYS))).unwrap();
    assert_eq!((device.off(), healed.is_backward()), (0, true));
}

#[test]
fn what_was_learnt_of_the_clocks_error_holds_after_a_restart() {
    let mut device = Device { error: 30 * DAYS, ..Device::new() };
    assert!(device.answer_of(0, Some(s(device.truth))).is_some());
    device.reboot();
    device.pass(2 * DAYS);
    assert_eq!(device.look(), None);
    assert_eq!(device.off(), 0);
}

#[test]
fn a_claim_agrees_though_the_clock_was_set_in_between() {
    let mut device = Device { error: 2 * YEAR, ..Device::new() };
    assert_eq!(device.answer(0), None);
    assert_eq!(device.off(), 2 * YEAR);
    device.pass(5 * HOUR);
    device.error = -3 * DAYS;
    assert!(device.answer(0).is_some());
    assert_eq!(device.off(), 0);
}

#[test]
fn an_answer_that_agrees_with_the_last_takes_back_a_mark_that_ran_away() {
    let mut device = Device::taught();
    device.error = 10 * YEAR;
    assert_eq!(device.off(), 10 * YEAR);
    device.error = 0;
    let healed = device.answer(0).unwrap();
    assert_eq!(healed, TimeCorrection { from: s(device.truth + 10 * YEAR), to: s(device.truth) });
}

#[test]
fn an_answer_that_agrees_with_the_last_corrects_a_clock_set_far_ahead() {
    let mut device = Device::taught();
    device.pass(HOUR);
    device.error = 10 * YEAR;
    assert_eq!(device.off(), 10 * YEAR);
    assert!(device.answer(0).is_some_and(TimeCorrection::is_backward));
    assert_eq!(device.off(), 0);
}

#[test]
fn a_learnt_offset_is_dropped_when_the_clock_is_put_right() {
    for error in [-NOON, -30 * DAYS, 30 * DAYS] {
        let mut device = Device { error, ..Device::new() };
        device.record = TimeRecord::default();
        device.answer(0);
        device.pass(60);
        device.answer(0);
        assert_eq!(device.off(), 0, "{error}");
        device.error = 0;
        device.pass(HOUR);
        assert_eq!(device.off(), 0, "{error}");
        assert_eq!(device.look(), None, "{error}");
        assert_eq!(device.record.offset_ms, 0, "{error}");
        // And when it was not put right for good, one answer brings the offset back.
        device.error = error;
        assert!(device.answer(0).is_some() || error < 0, "{error}");
        assert_eq!(device.off(), 0, "{error}");
    }
}

#[test]
fn a_clock_that_stayed_wrong_keeps_its_offset_over_days_without_a_look() {
    for (error, away) in
        [(-36 * HOUR, 2), (36 * HOUR, 40), (-30 * DAYS, 20), (-30 * DAYS, 60), (30 * DAYS, 90)]
    {
        let mut device = Device { error, ..Device::new() };
        device.record = TimeRecord::default();
        device.answer(0);
        device.pass(60);
        device.answer(0);
        device.pass(away * DAYS);
        assert_eq!(device.off(), 0, "{error}, {away} days");
        assert_eq!(device.look(), None, "{error}, {away} days");
    }
}

#[test]
fn a_clock_set_back_a_little_stands_still_and_is_told_once() {
    let mut device = Device::taught();
    device.error = -6 * HOUR;
    let jump = ClockJump { from: s(NOON), to: s(NOON - 6 * HOUR) };
    assert_eq!(device.look(), Some(ClockFinding::SetBack(jump)));
    for hour in 1..=6 {
        device.pass(HOUR);
        assert_eq!(device.look(), None);
        assert_eq!(device.off(), -hour * HOUR);
    }
    device.pass(30 * DAYS);
    assert_eq!((device.look(), device.record.behind), (None, None));
    assert_eq!(device.off(), -6 * HOUR);
    device.error = -12 * HOUR;
    assert!(matches!(device.look(), Some(ClockFinding::SetBack(_))));
}

#[test]
fn without_an_endpoint_a_mark_far_ahead_is_taken_back_after_a_day() {
    let mut device = Device::new();
    device.error = 8 * YEAR;
    assert_eq!(device.off(), 8 * YEAR);
    device.error = 0;
    assert!(matches!(device.look(), Some(ClockFinding::SetBack(_))));
    device.pass(DAYS - 1);
    assert_eq!(device.look(), None);
    device.pass(120);
    let taken_back = TimeCorrection { from: s(NOON + 8 * YEAR), to: s(device.truth) };
    assert_eq!(device.look(), Some(ClockFinding::Corrected(taken_back)));
    device.pass(HOUR);
    assert_eq!((device.off(), device.look()), (0, None));
}

#[test]
fn a_day_on_the_wall_clock_alone_takes_nothing_back() {
    let mut device = Device::new();
    device.error = -30 * DAYS;
    device.look();
    // The user turns the clock on by a day within an hour.
    device.error = -29 * DAYS;
    device.pass(HOUR);
    assert_eq!(device.look(), None);
    assert_eq!(device.off(), -HOUR);
    // A reboot vouches for some hours of it, and no more.
    device.reboot();
    device.error = -28 * DAYS;
    assert_eq!(device.look(), None);
    assert_eq!(device.off(), -HOUR);
}

#[test]
fn a_device_that_is_often_without_power_heals_as_well() {
    let mut device = Device::new();
    device.error = 8 * YEAR;
    device.off();
    device.error = 0;
    let mut days = 0;
    while !matches!(device.look(), Some(ClockFinding::Corrected(_))) {
        device.truth += 23 * HOUR;
        device.reboot();
        device.pass(HOUR);
        days += 1;
        assert!(days < 6);
    }
    assert_eq!(device.off(), 0);
}

#[test]
fn the_wall_clock_never_takes_time_behind_the_last_answer() {
    let mut device = Device::taught();
    device.pass(5 * DAYS);
    device.off();
    device.error = -90 * DAYS;
    device.look();
    device.pass(DAYS);
    let to = s(NOON);
    let from = s(NOON + 5 * DAYS);
    assert_eq!(device.look(), Some(ClockFinding::Corrected(TimeCorrection { from, to })));
    for _ in 0..5 {
        device.pass(DAYS);
        assert_eq!(device.look(), None);
        assert_eq!(device.record.now(device.wall()), to);
    }
}

#[test]
fn whole_seconds_of_a_date_do_not_slow_the_clock() {
    let wall = s(NOON).plus(Duration::from_millis(999));
    let lesson = |secs| Lesson { server: s(secs), issued_at: None };
    let record = TimeRecord { high_water: wall, ..TimeRecord::default() };
    let (record, told) = record.taught(lesson(NOON), wall, Elapsed(0));
    assert_eq!((record.now(wall), record.offset_ms, told), (wall, 0, None));
    let (record, told) = record.taught(lesson(NOON + 30), wall, Elapsed(0));
    assert_eq!((record.now(wall), told), (s(NOON + 30), None));
    let (record, told) = record.taught(lesson(NOON), wall, Elapsed(0));
    assert_eq!(record.now(wall), s(NOON));
    assert_eq!(told.and_then(TimeCorrection::jump), None);
    assert!(told.is_some_and(TimeCorrection::is_backward));
}

#[test]
fn of_two_processes_the_one_that_learnt_more_is_right() {
    let stored = Device::taught().record;
    let ahead = TimeRecord { high_water: s(NOON + YEAR), ..TimeRecord::default() };
    assert_eq!(stored.merged(ahead), stored);
    assert_eq!(ahead.merged(stored), stored);
    let later = TimeRecord { high_water: s(NOON + 60), ..stored };
    assert_eq!((stored.merged(later), later.merged(stored)), (later, later));
    let other = TimeRecord { offset_ms: 5, ..later };
    assert_eq!(stored.merged(other), stored);
}

#[test]
fn watching_a_clock_run_behind_outdates_no_lesson() {
    let mut idle = Device::taught();
    idle.error = -30 * DAYS;
    idle.look();
    let mut watching = idle;
    for _ in 0..20 {
        watching.pass(HOUR);
        watching.look();
    }
    assert_eq!(idle.record.merged(watching.record), watching.record);
    assert_eq!(watching.record.merged(idle.record), watching.record);
    idle.answer(0);
    idle.answer(0);
    assert_eq!(watching.record.merged(idle.record), idle.record);
}

#[test]
fn a_record_of_two_marks_or_of_nothing_is_read() {
    assert_eq!(serde_json::from_str::<TimeRecord>("{}").unwrap(), TimeRecord::default());
    let old = TimeRecord::from_marks(s(NOON), s(NOON + 5));
    assert_eq!((old.high_water, old.confirmed_at()), (s(NOON + 5), Some(s(NOON + 5))));
    assert_eq!(TimeRecord::from_marks(s(NOON), Timestamp::MIN).confirmed_at(), None);
}

#[test]
fn a_mark_that_is_taken_back_goes_to_the_time_that_holds_from_then_on() {
    let mut device = Device::taught();
    device.error = 950_421;
    device.off();
    assert!(device.answer(0).is_some());
    // The clock is set ahead once more, and then right: the offset belongs to neither.
    device.error = 1_457_312;
    device.off();
    device.error = 0;
    device.reboot();
    device.look();
    device.pass(DAYS);
    let Some(ClockFinding::Corrected(correction)) = device.look() else { panic!("{:?}", device.record) };
    assert_eq!((device.off(), device.record.high_water), (0, correction.to));
}
