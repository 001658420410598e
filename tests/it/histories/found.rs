//! What random histories have found, each as short as it gets.

use super::model::Deed;
use super::play;
use super::steps::{Setting, Step};
use super::wire::Answer;
use planguard::client::FetchPolicy;
use planguard::login::LoginIntent;
use planguard::store::Fault;
use support::local;

fn one() -> Setting {
    Setting { processes: 1, ..two() }
}

fn two() -> Setting {
    Setting { sqlite: false, many_users: false, endpoint: false, roles: false, processes: 2 }
}

const MONTH: u64 = 31 * 86_400;

#[test]
fn a_count_that_fell_to_zero_is_seen_though_the_past_was_forgotten_since() {
    let steps =
        [Step::Record(0, Deed::Found(0)), Step::Check, Step::Pass(MONTH), Step::Record(0, Deed::Leave(0, 0))];
    for sqlite in [false, true] {
        local(play(Setting { sqlite, ..two() }, steps.to_vec()));
    }
}

#[test]
fn a_permit_of_before_an_outage_is_committed_in_time_while_the_store_hangs() {
    for deed in [Deed::Part(2, 0), Deed::Befriend(2, 0)] {
        local(play(one(), vec![Step::Reserve(0, deed), Step::Hang(0), Step::Commit(0)]));
    }
}

#[test]
fn a_list_read_after_the_store_came_back_contains_what_was_held_while_it_failed() {
    let steps = [
        Step::Fail(0, 0, 2, Fault::DiskFull),
        Step::Reserve(0, Deed::Befriend(2, 0)),
        Step::ListFriends(0, 2, 0),
        Step::Commit(0),
    ];
    local(play(one(), steps.to_vec()));
}

#[test]
fn what_is_replayed_late_takes_no_room_from_who_came_meanwhile() {
    let steps = [
        Step::Hang(1),
        Step::Reserve(1, Deed::Join(0, 0)),
        Step::Reserve(0, Deed::Befriend(0, 1)),
        Step::Recover(1),
        Step::Record(1, Deed::Befriend(1, 0)),
        Step::Record(1, Deed::Befriend(1, 0)),
        Step::Commit(0),
    ];
    for sqlite in [false, true] {
        local(play(Setting { sqlite, ..two() }, steps.to_vec()));
    }
}

#[test]
fn a_list_contains_what_was_held_before_it_though_time_was_corrected_since() {
    let steps = [
        Step::Reserve(0, Deed::Befriend(2, 0)),
        Step::ListFriends(0, 2, 0),
        Step::SetClock(-30 * 86_400),
        Step::Reserve(0, Deed::Befriend(1, 0)),
        Step::Pass(86_400),
        Step::Record(0, Deed::Befriend(1, 0)),
        Step::Commit(0),
    ];
    local(play(one(), steps.to_vec()));
}

#[test]
fn nothing_is_forgotten_as_past_while_the_clock_is_found_behind() {
    let open_chat = |user| Step::Login(0, user, LoginIntent::OpenChat, 0);
    let ahead = 45 * 86_400;
    let mut steps = vec![open_chat(1), Step::SetClock(4 * ahead), Step::SetClock(-4 * ahead)];
    steps.extend([open_chat(0), Step::Pass(86_400)]);
    local(play(one(), steps));
}

#[test]
fn a_login_that_ended_before_the_reboot_answers_none_after_it() {
    let steps = [Step::Reboot, Step::Heal, Step::Reboot];
    local(play(Setting { endpoint: true, ..one() }, steps.to_vec()));
}

#[test]
fn a_clock_that_runs_ahead_of_the_endpoint_makes_no_month_past() {
    let steps = [Step::Heal, Step::SetClock(144 * 86_400), Step::Begin(0, 0, LoginIntent::OpenChat)];
    local(play(Setting { endpoint: true, ..one() }, steps.to_vec()));
}

#[test]
fn no_login_is_decided_by_a_time_that_another_process_has_corrected() {
    let steps = [
        Step::Sync(0, FetchPolicy::Fetch, Answer::Lie(-10 * 86_400)),
        Step::Login(1, 0, LoginIntent::AppLaunch, 0),
    ];
    local(play(Setting { endpoint: true, ..two() }, steps.to_vec()));
}

#[test]
fn who_is_new_to_a_process_whose_store_fails_is_counted_once_when_it_is_back() {
    let open_chat = |process| Step::Login(process, 2, LoginIntent::OpenChat, 0);
    for times in 1..4 {
        let steps = [open_chat(0), Step::Fail(1, 0, times, Fault::DiskFull), open_chat(1), Step::Check];
        local(play(two(), steps.to_vec()));
    }
}

#[test]
fn a_key_remembered_longer_than_promised_is_not_promised_anew() {
    let once = |process| Step::RecordOnce(process, 2, Deed::Befriend(0, 0));
    let half_a_year = 203 * 86_400;
    let mut steps = vec![once(0), Step::SetClock(half_a_year), once(0), Step::Pass(86_400)];
    steps.extend([Step::Flush(0, Answer::Good), once(1)]);
    local(play(two(), steps));
}

#[test]
fn a_request_that_was_denied_is_lost_with_a_process_that_is_killed_and_no_other() {
    let mut steps: Vec<_> = [1, 2, 0].map(|user| Step::Login(0, user, LoginIntent::OpenChat, 0)).to_vec();
    steps.extend([Step::Heal, Step::Hang(0), Step::Kill(0)]);
    local(play(Setting { endpoint: true, ..one() }, steps));
}

#[test]
fn a_ticket_holds_its_room_in_the_month_in_which_it_was_given() {
    let open_chat = |user| Step::Login(0, user, LoginIntent::OpenChat, 0);
    let mut steps = vec![Step::Begin(0, 3, LoginIntent::OpenChat), Step::SetClock(22 * 86_400)];
    steps.extend([open_chat(1), open_chat(0), Step::LoginSlowly(0, 2, LoginIntent::OpenChat)]);
    local(play(one(), steps));
}

#[test]
fn a_document_of_another_process_is_in_force_from_the_write_that_has_seen_it() {
    let befriend = |process, user| Step::Reserve(process, Deed::Befriend(user, 0));
    let mut steps =
        vec![Step::ListFriends(0, 0, 6), Step::Publish(0), Step::Sync(0, FetchPolicy::Fetch, Answer::Good)];
    steps.extend([befriend(1, 1), befriend(1, 1), befriend(0, 0)]);
    local(play(Setting { endpoint: true, ..two() }, steps));
}

#[test]
fn nobody_is_spared_in_whose_name_a_login_is_under_way_in_a_month_that_has_not_begun() {
    let fetch = Step::Sync(0, FetchPolicy::Fetch, Answer::Good);
    let (ahead, begin) = (Step::SetClock(22 * 86_400), Step::Begin(0, 1, LoginIntent::OpenChat));
    let mut steps = vec![fetch.clone(), ahead, begin, Step::Heal];
    steps.push(Step::LoginSlowly(0, 1, LoginIntent::AppLaunch));
    local(play(Setting { endpoint: true, many_users: true, ..one() }, steps));
    // Of several processes the one whose store fails is corrected first.
    let mut steps =
        vec![fetch.clone(), Step::SetClock(22 * 86_400), Step::Fail(0, 0, u64::MAX, Fault::DiskFull), fetch];
    steps.extend([Step::Begin(1, 1, LoginIntent::OpenChat), Step::Check]);
    steps.push(Step::Login(0, 1, LoginIntent::AppLaunch, 0));
    local(play(Setting { endpoint: true, processes: 3, ..two() }, steps));
}

#[test]
fn who_is_put_off_while_the_store_fails_is_not_spared_where_others_counted_them() {
    let steps = [
        Step::Fail(1, 0, 1, Fault::DiskFull),
        Step::Login(0, 3, LoginIntent::OpenChat, 0),
        Step::Login(1, 3, LoginIntent::AppLaunch, 0),
    ];
    local(play(two(), steps.to_vec()));
}

#[test]
fn a_failed_login_of_which_the_store_was_not_told_is_uncertain_after_a_kill() {
    let mut steps =
        vec![Step::Begin(0, 1, LoginIntent::OpenChat), Step::Hang(0), Step::AnswerTicket(0, 9506)];
    steps.extend([Step::Kill(0), Step::Login(0, 1, LoginIntent::AppLaunch, 0)]);
    local(play(Setting { many_users: true, ..one() }, steps));
}

#[test]
fn what_is_done_by_a_time_that_another_process_corrects_is_counted_on_one_of_the_two_days() {
    let ahead = |secs| Step::Sync(0, FetchPolicy::Fetch, Answer::Lie(secs));
    let endpoint = Setting { endpoint: true, ..two() };
    local(play(endpoint, vec![ahead(86_400), Step::Record(1, Deed::Found(0))]));
    local(play(endpoint, vec![ahead(43_200), Step::RecordOnce(1, 0, Deed::Found(0))]));
}

#[test]
fn room_held_on_a_day_that_has_not_begun_is_used_on_the_one_that_has() {
    let (endpoint, found) = (Setting { endpoint: true, ..one() }, Step::Reserve(0, Deed::Found(0)));
    let back = Step::Sync(0, FetchPolicy::Fetch, Answer::Lie(-43_201));
    local(play(endpoint, vec![found.clone(), back, Step::Commit(0)]));
    let fetch = Step::Sync(0, FetchPolicy::Fetch, Answer::Good);
    let mut steps = vec![fetch, Step::SetClock(86_400), found, Step::Heal];
    steps.extend([Step::RecordOnce(0, 0, Deed::Found(0)), Step::Commit(0)]);
    local(play(endpoint, steps));
}

#[test]
fn what_was_written_just_before_the_store_failed_comes_before_what_others_wrote() {
    let mut steps = vec![Step::Reserve(1, Deed::Join(0, 0)), Step::Fail(1, 1, 1, Fault::DiskFull)];
    steps.extend([Step::Commit(0), Step::Record(0, Deed::Remove(0, 1))]);
    local(play(two(), steps));
}

#[test]
fn a_ticket_for_which_the_store_was_waited_lapses_no_later() {
    let mut steps =
        vec![Step::Sync(0, FetchPolicy::Fetch, Answer::Good), Step::Fail(0, 4, 3, Fault::DiskFull)];
    steps.extend([Step::Record(0, Deed::Part(1, 0)), Step::Pass(60)]);
    steps.extend([Step::RecordOnce(0, 0, Deed::Befriend(0, 0)), Step::Reserve(0, Deed::Befriend(1, 0))]);
    steps.extend([Step::Reject(0, 6016), Step::Hang(0), Step::Begin(0, 1, LoginIntent::OpenChat)]);
    steps.push(Step::Login(0, 1, LoginIntent::OpenChat, 0));
    local(play(Setting { endpoint: true, many_users: true, ..one() }, steps));
}

#[test]
fn a_ticket_of_a_month_that_has_not_begun_leaves_its_doubt_in_the_one_that_has() {
    let befriend = Step::Record(0, Deed::Befriend(0, 0));
    let mut steps = vec![Step::Begin(0, 0, LoginIntent::OpenChat), Step::SetClock(-28 * 86_400), befriend];
    steps.extend([Step::Pass(86_400), Step::Flush(0, Answer::Good), Step::DropTicket(0, false)]);
    steps.push(Step::Login(0, 0, LoginIntent::AppLaunch, 0));
    local(play(one(), steps));
    let mut steps = vec![Step::SetClock(-42 * 86_400), Step::Begin(0, 1, LoginIntent::OpenChat)];
    steps.extend([Step::Pass(86_400), Step::Begin(0, 1, LoginIntent::AppLaunch), Step::Kill(0)]);
    local(play(Setting { many_users: true, ..one() }, steps));
}

#[test]
fn what_a_store_did_not_take_that_came_back_and_failed_again_is_lost_with_the_process() {
    let mut steps = vec![Step::Fail(0, 2, 1, Fault::DiskFull), Step::Session(0, 0, 2)];
    steps.extend([Step::Flush(0, Answer::Good), Step::Fail(0, 1, u64::MAX, Fault::DiskFull)]);
    steps.extend([Step::Login(0, 0, LoginIntent::OpenChat, 0), Step::Kill(0)]);
    local(play(one(), steps));
}

#[test]
fn a_suspension_reported_before_a_reboot_does_not_hold_again_later_in_the_next_boot() {
    let mut steps = vec![Step::Heal, Step::SetClock(86_400), Step::Reject(0, 60_020), Step::Reboot];
    steps.push(Step::LoginSlowly(0, 3, LoginIntent::OpenChat));
    steps.push(Step::Login(0, 3, LoginIntent::OpenChat, 0));
    local(play(Setting { endpoint: true, ..one() }, steps));
}

#[test]
fn a_key_that_was_written_just_before_the_store_failed_is_known_to_others() {
    let mut steps =
        vec![Step::Fail(0, 1, 2, Fault::DiskFull), Step::Sync(1, FetchPolicy::Fetch, Answer::Good)];
    steps.extend([Step::RecordOnce(0, 1, Deed::Befriend(0, 0)), Step::RecordOnce(1, 1, Deed::Found(0))]);
    local(play(Setting { endpoint: true, processes: 3, ..two() }, steps));
}

#[test]
fn a_correction_that_is_written_late_corrects_what_others_have_counted_since() {
    let sync = |answer| Step::Sync(0, FetchPolicy::Fetch, answer);
    let mut steps = vec![Step::Fail(0, 0, u64::MAX, Fault::DiskFull), sync(Answer::Lie(-864_000))];
    steps.extend([Step::Recover(0), Step::Login(1, 0, LoginIntent::OpenChat, 0)]);
    steps.extend([sync(Answer::Good), Step::Reboot]);
    local(play(Setting { endpoint: true, ..two() }, steps));
}
