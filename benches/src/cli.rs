//! The arguments of the measuring programs, and running their sections.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::report::Report;

/// A part of a measuring program.
pub type Section = fn(&Arguments, &mut Report);

/// What to measure, and where the results go.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Arguments {
    /// Fewer rounds and users, for a short look.
    pub quick: bool,
    /// Only the section of this name.
    pub only: Option<String>,
    /// Where the results are written as JSON.
    pub json: Option<PathBuf>,
    /// What the program does instead, when it starts itself: a word and its arguments.
    pub child: Vec<String>,
}

impl Arguments {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self::parse(std::env::args().skip(1))
    }

    fn parse(words: impl Iterator<Item = String>) -> Self {
        let mut found = Self::default();
        let mut words = words;
        while let Some(word) = words.next() {
            match word.as_str() {
                // Cargo says so to every benchmark.
                "--bench" => {}
                "--quick" => found.quick = true,
                "--only" => found.only = words.next(),
                "--json" => found.json = words.next().map(PathBuf::from),
                "--child" => found.child = words.by_ref().collect(),
                other => panic!("{other}: there are --quick, --only NAME, --json FILE"),
            }
        }
        found
    }

    /// Whether the section of that name is to run.
    pub fn wants(&self, section: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == section)
    }

    /// Refuses a name in `--only` that no section has.
    ///
    /// # Panics
    /// When `--only` names none of `sections`.
    fn check(&self, sections: &[&str]) {
        if let Some(only) = &self.only {
            assert!(
                sections.contains(&only.as_str()),
                "there is no section {only}; there are: {}",
                sections.join(", ")
            );
        }
    }

    /// Runs the sections that are wanted and writes what they found. One that panics leaves the others their results, and
    /// makes the program fail.
    #[allow(clippy::print_stdout, reason = "a benchmark talks to a person")]
    pub fn run(&self, sections: &[(&str, Section)]) -> ExitCode {
        let names: Vec<_> = sections.iter().map(|(name, _)| *name).collect();
        self.check(&names);
        let (mut report, mut code) = (Report::default(), ExitCode::SUCCESS);
        for (name, run) in sections.iter().filter(|(name, _)| self.wants(name)) {
            println!("{name}");
            if catch_unwind(AssertUnwindSafe(|| run(self, &mut report))).is_err() {
                println!("    THE SECTION {name} FAILED");
                code = ExitCode::FAILURE;
            }
        }
        if let Some(path) = &self.json {
            report.write(path);
        }
        code
    }

    /// `full`, or `quick` for a short look.
    pub fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Arguments {
        Arguments::parse(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn a_section_is_picked_by_its_name() {
        let arguments = parse(&["--bench", "--only", "reads", "--quick"]);
        assert!(arguments.wants("reads") && !arguments.wants("logins"));
        assert_eq!(arguments.pick(9, 1), 1);
    }

    #[test]
    #[should_panic(expected = "there is no section raeds; there are: reads")]
    fn a_misspelt_section_is_refused() {
        parse(&["--only", "raeds"]).check(&["reads"]);
    }

    #[test]
    fn a_section_that_fails_leaves_the_others_their_results() {
        let folder = tempfile::tempdir().unwrap();
        let json = folder.path().join("report.json");
        let sections: [(&str, Section); 2] =
            [("broken", |_, _| panic!("broken")), ("sound", |_, report| report.note("measured"))];
        let code = Arguments { json: Some(json.clone()), ..Arguments::default() }.run(&sections);
        assert_eq!(code, ExitCode::FAILURE);
        assert!(std::fs::read_to_string(json).unwrap().contains("measured"));
    }

    #[test]
    fn a_child_takes_the_words_that_follow() {
        assert_eq!(parse(&["--child", "start", "memory"]).child, ["start", "memory"]);
    }
}
