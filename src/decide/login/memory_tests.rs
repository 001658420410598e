use super::*;

const DAY: BillingDay = BillingDay::from_number(20_000);
const MONTH: BillingMonth = BillingMonth::from_number(24_296);

const fn at(ms: u64) -> Moment {
    Moment {
        at: Timestamp::from_millis(1_722_500_000_000 + ms.cast_signed()),
        elapsed: Elapsed(1_000_000 + ms),
    }
}

fn secs(secs: u64) -> u64 {
    secs * 1_000
}

fn context(by_person: bool, ms: u64) -> FailureContext {
    FailureContext { by_person, now: at(ms), day: DAY, month: MONTH, plan_revision: 7, jitter: Jitter::NONE }
}

fn view(by_person: bool, ms: u64) -> MemoryView {
    MemoryView {
        by_person,
        now: at(ms),
        day: DAY,
        month: MONTH,
        day_turns: at(secs(3_600)).at,
        month_turns: at(secs(86_400)).at,
        plan_revision: 7,
    }
}

fn policy() -> LoginPolicy {
    LoginPolicy::default()
}

fn fail(memory: &mut LoginMemory, code: i32, by_person: bool, ms: u64) {
    failed(memory, FailureClass::of(code), code, &context(by_person, ms), &policy());
}

fn state(memory: &LoginMemory, by_person: bool, ms: u64) -> FailureState {
    failure_state(memory, &view(by_person, ms), &policy())
}

fn wait(memory: &LoginMemory, by_person: bool) -> Option<u64> {
    match state(memory, by_person, 0) {
        FailureState::BackingOff { until, .. } => Some(until.since(at(0).at).as_secs()),
        FailureState::Clear => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_class_leaves_its_own_wait() {
    for (code, in_a_row, expected) in [
        // Base 2 s, half of it fixed, but never below the debounce of 3 s.
        (9506, 1, 3),
        // 2 s doubled four times is 32 s; half of it without jitter is 16 s.
        (72_010, 5, 16),
        (72_010, 99, 150),
        (70_050, 1, 60),
        (60_020, 1, 300),
        (6013, 1, 3),
        (7501, 9, 3),
        (6012, 5, 16),
        (9518, 5, 16),
        (123_456, 2, 3),
    ] {
        let mut memory =
            LoginMemory { in_a_row: in_a_row - 1, person_in_a_row: in_a_row - 1, ..Default::default() };
        fail(&mut memory, code, true, 0);
        assert_eq!((wait(&memory, true), wait(&memory, false)), (Some(expected), Some(expected)), "{code}");
    }
}

#[test]
fn a_person_does_not_wait_for_a_machines_backoff() {
    let mut memory = LoginMemory::default();
    for _ in 0..12 {
        fail(&mut memory, 9508, false, 0);
    }
    assert_eq!((wait(&memory, true), wait(&memory, false)), (None, Some(150)));
    // The person's own failure begins its own backoff.
    fail(&mut memory, 9508, true, 0);
    assert_eq!((wait(&memory, true), wait(&memory, false)), (Some(3), Some(150)));
    // And a machine's next failure does not end it.
    fail(&mut memory, 9508, false, 0);
    assert_eq!(wait(&memory, true), Some(3));
}

#[test]
fn what_the_provider_asked_for_binds_everybody() {
    for code in [70_050, 72_010, 7008, 9506, 60_020] {
        let mut memory = LoginMemory::default();
        fail(&mut memory, code, false, 0);
        assert!(wait(&memory, true).is_some(), "{code}");
        assert!(!connected(&mut memory), "{code}");
    }
}

#[test]
fn a_connection_ends_what_the_network_held_back() {
    let mut memory = LoginMemory::default();
    fail(&mut memory, 9508, true, 0);
    assert!(connected(&mut memory));
    assert_eq!(state(&memory, true, 0), FailureState::Clear);
    assert!(!connected(&mut memory));
}

#[test]
fn a_refused_user_sig_is_not_sent_again() {
    let mut memory = LoginMemory::default();
    user_sig_expired(&mut memory);
    new_user_sig(&mut memory, at(0).elapsed, Jitter::NONE, &policy());
    fail(&mut memory, 70_001, false, 0);
    assert_eq!(state(&memory, true, 0), FailureState::CredentialRefused { code: 70_001 });
    // Without a word about a new one, the login that found it expired is the first strike.
    let mut memory = LoginMemory::default();
    fail(&mut memory, 6206, true, 0);
    assert_eq!(state(&memory, true, 0), FailureState::Clear);
    fail(&mut memory, 6206, true, 0);
    assert_eq!(state(&memory, true, 0), FailureState::CredentialRefused { code: 6206 });
}

#[test]
fn new_user_sigs_that_are_refused_wait_longer_each_time() {
    let (mut memory, mut waits) = (LoginMemory::default(), Vec::new());
    for _ in 0..6 {
        new_user_sig(&mut memory, at(0).elapsed, Jitter::NONE, &policy());
        waits.push(wait(&memory, true));
        fail(&mut memory, 70_001, true, 0);
    }
    assert_eq!(waits, [None, None, Some(3), Some(4), Some(8), Some(16)]);
    succeeded(&mut memory);
    assert_eq!(memory, LoginMemory::default());
}

#[test]
fn a_newer_document_ends_what_was_refused_for_the_plan() {
    for (code, held) in [
        (72_002, FailureState::QuotaRefused { until: at(secs(86_400)).at, code: 72_002 }),
        (72_000, FailureState::QuotaRefused { until: at(secs(3_600)).at, code: 72_000 }),
        (70_398, FailureState::UsersRefused { code: 70_398 }),
        (60_020, FailureState::BackingOff { until: at(secs(300)).at, code: 60_020 }),
        (70_051, FailureState::Permanent { code: 70_051 }),
    ] {
        let mut memory = LoginMemory::default();
        fail(&mut memory, code, true, 0);
        assert_eq!(state(&memory, true, 0), held, "{code}");
        let newer = MemoryView { plan_revision: 8, ..view(true, 0) };
        let after = failure_state(&memory, &newer, &policy());
        let expected = if code == 70_051 { held } else { FailureState::Clear };
        assert_eq!(after, expected, "{code}");
    }
}

#[test]
fn a_refused_quota_starts_again_with_its_period() {
    let mut memory = LoginMemory::default();
    fail(&mut memory, 72_000, true, 0);
    let tomorrow = MemoryView { day: DAY.next(), ..view(true, 0) };
    assert_eq!(failure_state(&memory, &tomorrow, &policy()), FailureState::Clear);
    fail(&mut memory, 72_002, true, 0);
    assert_ne!(failure_state(&memory, &tomorrow, &policy()), FailureState::Clear);
    let september = MemoryView { month: MONTH.next(), ..tomorrow };
    assert_eq!(failure_state(&memory, &september, &policy()), FailureState::Clear);
}

#[test]
fn no_refusal_lasts_for_ever() {
    let mut memory = LoginMemory::default();
    fail(&mut memory, 70_051, true, 0);
    let day = u64::try_from(policy().refusal_kept.as_millis()).unwrap();
    assert_eq!(state(&memory, true, day - 1), FailureState::Permanent { code: 70_051 });
    assert_eq!(state(&memory, true, day), FailureState::Clear);
}

#[test]
fn a_loop_is_broken_until_the_first_execution_leaves_the_window() {
    let mut memory = LoginMemory::default();
    for n in 0..6 {
        assert_eq!(state(&memory, true, secs(n)), FailureState::Clear);
        executed(&mut memory, at(secs(n)).elapsed, &policy());
    }
    let broken = FailureState::LoopBroken { until: at(secs(60)).at };
    assert_eq!(state(&memory, true, secs(6)), broken);
    assert_eq!(state(&memory, true, secs(60)), FailureState::Clear);
    executed(&mut memory, at(secs(60)).elapsed, &policy());
    assert_eq!(memory.executions.len(), 6);
}

#[test]
fn a_login_that_was_not_sent_is_no_execution() {
    let mut memory = LoginMemory::default();
    executed(&mut memory, at(0).elapsed, &policy());
    executed(&mut memory, at(1).elapsed, &policy());
    not_executed(&mut memory, at(0).elapsed);
    assert_eq!(memory.executions, [at(1).elapsed]);
    not_executed(&mut memory, at(0).elapsed);
    assert_eq!(memory.executions.len(), 1);
}
