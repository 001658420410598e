//! Counting tests from what the test runners print.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// How many tests passed, failed, or did not really run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    /// Tests that ran and held.
    pub passed: u32,
    /// Tests that ran and did not hold.
    pub failed: u32,
    /// Tests ignored, skipped, or expected to fail: none of them shows anything.
    pub skipped: u32,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Tally {
    /// Sums the `test result:` lines of a `cargo test` run.
    pub(crate) fn from_libtest(lines: &[String]) -> Self {
        let mut tally = Self::default();
        for line in lines.iter().filter_map(|line| line.strip_prefix("test result: ")) {
            tally += Self {
                passed: count_before(line, " passed"),
                failed: count_before(line, " failed"),
                skipped: count_before(line, " ignored"),
            };
        }
        tally
    }

    /// Reads the closing lines of a Python `unittest` run.
    pub(crate) fn from_unittest(lines: &[String]) -> Self {
        let ran = lines.iter().find_map(|line| line.strip_prefix("Ran ")?.split(' ').next()?.parse().ok());
        let verdict = lines.iter().rev().find(|line| line.starts_with("OK") || line.starts_with("FAILED"));
        let verdict = verdict.map_or("", String::as_str);
        let of = |what| count_after(verdict, what);
        let failed = of("failures=") + of("errors=") + of("unexpected successes=");
        let skipped = of("skipped=") + of("expected failures=");
        Self { passed: ran.unwrap_or(0u32).saturating_sub(failed + skipped), failed, skipped }
    }

    /// Counts the `Test Case` lines of an `XCTest` run. A test that ended the process has started and not ended.
    pub(crate) fn from_xctest(lines: &[String]) -> Self {
        let cases = || lines.iter().filter_map(|line| line.strip_prefix("Test Case '")?.split_once("' "));
        let count = |verdict: &str| {
            u32::try_from(cases().filter(|(_, rest)| rest.starts_with(verdict)).count()).unwrap_or(u32::MAX)
        };
        let (started, passed, skipped) = (count("started"), count("passed"), count("skipped"));
        Self { passed, failed: started.saturating_sub(passed + skipped), skipped }
    }

    /// Reads the closing lines of Node's test runner, in its format TAP.
    pub(crate) fn from_node(lines: &[String]) -> Self {
        let of = |what: &str| -> u32 {
            let count = |line: &String| line.strip_prefix(what)?.parse().ok();
            lines.iter().rev().find_map(count).unwrap_or(0)
        };
        let failed = of("# fail ") + of("# cancelled ");
        Self { passed: of("# pass "), failed, skipped: of("# skipped ") + of("# todo ") }
    }

    /// Whether any test was run at all.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

/// The integration test programs of a successful `cargo test` run that hold no test.
///
/// Cargo names each program before it runs it, on standard error; each program says its result on standard output, and
/// all of them do so before the first doctest. A library or an example may have no unit tests; a test program may not.
pub(crate) fn empty_programs(lines: &[String]) -> Vec<String> {
    let results = lines.iter().filter_map(|line| line.strip_prefix("test result: "));
    let programs = lines.iter().filter_map(|line| line.trim_start().strip_prefix("Running "));
    let empty = |(program, result): (&str, &str)| {
        let none = count_before(result, " passed") + count_before(result, " failed") == 0;
        (none && !program.starts_with("unittests ")).then(|| program.to_owned())
    };
    programs.zip(results).filter_map(empty).collect()
}

fn count_before(line: &str, what: &str) -> u32 {
    let Some((before, _)) = line.split_once(what) else { return 0 };
    before.rsplit(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The number after `what`, where `what` starts the line's bracket or one of its items.
fn count_after(line: &str, what: &str) -> u32 {
    let items = line.split_once('(').map_or("", |(_, items)| items.trim_end_matches(')'));
    let number = items.split(", ").find_map(|item| item.strip_prefix(what));
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn sums_every_binary_of_a_cargo_test() {
        let output = lines(
            "running 2 tests\n\
             test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 10 passed; 3 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.00s",
        );
        assert_eq!(Tally::from_libtest(&output), Tally { passed: 12, failed: 3, skipped: 1 });
    }

    #[test]
    fn a_test_program_without_a_test_is_found() {
        let result = |passed| format!("test result: ok. {passed} passed; 0 failed; 0 ignored; 0 measured");
        let mut output: Vec<String> = [0, 0, 5, 3].map(result).to_vec();
        output.extend(lines(
            "     Running unittests src/main.rs (target/debug/deps/app-1)\n     Running it/main.rs (target/debug/deps/it-2)\n     \
             Running tests/faults.rs (target/debug/deps/faults-3)\n   Doc-tests planguard",
        ));
        assert_eq!(empty_programs(&output), ["it/main.rs (target/debug/deps/it-2)"]);
    }

    #[test]
    fn output_without_results_is_empty() {
        assert!(Tally::from_libtest(&lines("error: could not compile")).is_empty());
        assert!(Tally::from_unittest(&lines("ImportError: Start directory is not importable")).is_empty());
        assert!(Tally::from_unittest(&lines("Ran 0 tests in 0.000s\n\nNO TESTS RAN")).is_empty());
    }

    #[test]
    fn reads_a_green_unittest() {
        let output = lines("Ran 7 tests in 0.003s\n\nOK");
        assert_eq!(Tally::from_unittest(&output), Tally { passed: 7, failed: 0, skipped: 0 });
    }

    #[test]
    fn tells_expected_failures_from_failures() {
        let output = lines(
            "Ran 9 tests in 0.003s\n\nFAILED (failures=1, errors=2, skipped=1, expected failures=1, \
             unexpected successes=1)",
        );
        assert_eq!(Tally::from_unittest(&output), Tally { passed: 3, failed: 4, skipped: 2 });
    }

    #[test]
    fn counts_the_cases_of_an_xctest() {
        let case = |name: &str, verdict: &str| {
            format!(
                "Test Case 'A.{name}' started at 2026-11-26 03:40:11.331\n\
                 Test Case 'A.{name}' {verdict} (0.012 seconds)\n"
            )
        };
        let text = case("x", "passed") + &case("y", "failed") + &case("z", "skipped") + &case("w", "passed");
        assert_eq!(Tally::from_xctest(&lines(&text)), Tally { passed: 2, failed: 1, skipped: 1 });
        let crashed =
            case("x", "passed") + "Test Case 'A.y' started at 2026-11-26\nFatal error: 'try!' expression";
        assert_eq!(Tally::from_xctest(&lines(&crashed)), Tally { passed: 1, failed: 1, skipped: 0 });
        assert!(Tally::from_xctest(&lines("error: no such module 'XCTest'")).is_empty());
    }

    #[test]
    fn reads_the_end_of_a_run_of_node() {
        let output = lines("ok 1 - a\n# tests 6\n# pass 3\n# fail 1\n# cancelled 1\n# skipped 1\n# todo 0");
        assert_eq!(Tally::from_node(&output), Tally { passed: 3, failed: 2, skipped: 1 });
        assert!(Tally::from_node(&lines("node: bad option")).is_empty());
    }

    #[test]
    fn a_skip_in_a_green_unittest_is_seen() {
        let output = lines("Ran 2 tests in 0.003s\n\nOK (skipped=1)");
        assert_eq!(Tally::from_unittest(&output), Tally { passed: 1, failed: 0, skipped: 1 });
    }
}
