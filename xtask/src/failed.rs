//! The names of the tests that failed, from what the test runners print.
//!
//! A summary that only counts sends its reader back through a log that may be gone.

/// The names, in the order in which they failed; a test that several lines speak of is named once.
pub(crate) fn names(lines: &[String]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in lines.iter().filter_map(|line| name(line)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The test that a line says has failed, in the words of any of the runners in use.
fn name(line: &str) -> Option<String> {
    let name = libtest(line).or_else(|| surefire(line)).or_else(|| unittest(line)).or_else(|| xctest(line));
    name.or_else(|| node(line)).map(str::to_owned)
}

fn libtest(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// Maven writes `[ERROR] io.planguard.GateTest.opens -- Time elapsed: 0.1 s <<< FAILURE!`, and sums a class up with the
/// same ending.
fn surefire(line: &str) -> Option<&str> {
    let line = line.strip_prefix("[ERROR] ")?;
    let failed = line.ends_with("<<< FAILURE!") || line.ends_with("<<< ERROR!");
    let name = line.split_once(" -- Time elapsed").filter(|_| failed)?.0;
    (!name.starts_with("Tests run:")).then_some(name)
}

fn unittest(line: &str) -> Option<&str> {
    let name = line.strip_prefix("FAIL: ").or_else(|| line.strip_prefix("ERROR: "))?;
    name.starts_with("test").then_some(name)
}

fn xctest(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix("Test Case '")?.split_once("' ")?;
    rest.starts_with("failed").then_some(name)
}

/// TAP, where a group of tests that holds a failed one has failed as well.
fn node(line: &str) -> Option<&str> {
    let (_, name) = line.trim_start().strip_prefix("not ok ")?.split_once(" - ")?;
    (!name.contains("# TODO")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        names(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn every_runner_names_its_failed_tests() {
        assert_eq!(
            of("test gate::opens ... ok\ntest gate::shuts ... FAILED\nfailures:\n    gate::shuts"),
            ["gate::shuts"]
        );
        assert_eq!(
            of(
                "[ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 1 s <<< FAILURE! -- in io.G\n\
                [ERROR] io.planguard.GateTest.shuts -- Time elapsed: 0.1 s <<< ERROR!\n\
                [ERROR]   GateTest.shuts:12 expected: <1> but was: <2>"
            ),
            ["io.planguard.GateTest.shuts"]
        );
        assert_eq!(
            of("FAIL: test_shuts (test_gate.Gate.test_shuts)"),
            ["test_shuts (test_gate.Gate.test_shuts)"]
        );
        assert_eq!(
            of(
                "Test Case 'Gate.testOpens' passed (0.1 seconds)\nTest Case 'Gate.testShuts' failed (0.1 seconds)"
            ),
            ["Gate.testShuts"]
        );
        assert_eq!(of("ok 1 - opens\n    not ok 2 - shuts\nnot ok 1 - gate"), ["shuts", "gate"]);
    }

    #[test]
    fn a_log_line_that_begins_like_a_verdict_names_nothing() {
        assert!(
            of("ERROR: could not compile\n[ERROR] Failed to execute goal\ntest result: FAILED. 1 passed")
                .is_empty()
        );
    }
}
