//! Tables of named tasks, and running a selection of one.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{bail, ensure};
use clap::Args;

use crate::beside;
use crate::report::{self, Findings, Report, conclude};
use crate::workspace::Workspace;

/// Where a task runs among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lane {
    /// One after the other: what it builds lies in the workspace's folder of artefacts, where one build waits for another.
    Main,
    /// Beside those, also one after the other: it builds in folders of its own, or waits more than it builds.
    Beside,
    /// After all others, whose files it makes anew.
    Last,
}

/// One row of a table: a test suite or a check.
pub(crate) struct Task {
    /// What `--only` and `--except` call it.
    pub name: &'static str,
    /// One line for `--list`.
    pub about: &'static str,
    /// Where it runs among the others.
    pub lane: Lane,
    /// Runs it. An error is a red result, like a problem among the findings.
    pub run: fn(&Workspace) -> anyhow::Result<Findings>,
}

/// Which rows of a table to run.
#[derive(Args)]
pub(crate) struct Selection {
    /// Run only these (repeatable).
    #[arg(long, value_name = "NAME", conflicts_with = "except")]
    only: Vec<String>,
    /// Run all but these (repeatable).
    #[arg(long, value_name = "NAME")]
    except: Vec<String>,
    /// List the names and leave.
    #[arg(long)]
    list: bool,
    /// Run one after the other, none beside another: slower, and easier to read.
    #[arg(long)]
    in_turn: bool,
    /// Write what each came to as JSON.
    #[arg(long, hide = true, value_name = "FILE")]
    results: Option<PathBuf>,
}

impl Selection {
    /// Runs the selected rows of the table of a `command`, all of them even when one is red, and prints the summary.
    pub(crate) fn run(&self, command: &str, table: &[&Task], workspace: &Workspace) -> anyhow::Result<bool> {
        let selected = self.choose(table)?;
        if self.list {
            for task in selected {
                println!("{:<14} {}", task.name, task.about);
            }
            return Ok(true);
        }
        let of = |lane| selected.iter().copied().filter(|task| task.lane == lane).collect::<Vec<_>>();
        let (main, beside, last) = (of(Lane::Main), of(Lane::Beside), of(Lane::Last));
        let reports = if self.in_turn || main.is_empty() || beside.is_empty() {
            in_turn(&selected, workspace)
        } else {
            std::thread::scope(|scope| {
                let others = scope.spawn(|| beside::run(workspace, command, &beside));
                let mut reports = in_turn(&main, workspace);
                reports.extend(others.join().unwrap_or_default());
                reports.extend(in_turn(&last, workspace));
                reports
            })
        };
        ensure!(reports.len() == selected.len(), "{} of {} tasks ended", reports.len(), selected.len());
        if let Some(path) = &self.results {
            report::write(path, &reports)?;
        }
        Ok(conclude(&reports))
    }

    fn choose<'a>(&self, table: &[&'a Task]) -> anyhow::Result<Vec<&'a Task>> {
        for name in self.only.iter().chain(&self.except) {
            if !table.iter().any(|task| task.name == name) {
                let known: Vec<_> = table.iter().map(|task| task.name).collect();
                bail!("`{name}` is not in the table; there are: {}", known.join(", "));
            }
        }
        let wanted = |task: &&&Task| {
            let named = |names: &[String]| names.iter().any(|name| name == task.name);
            if self.only.is_empty() { !named(&self.except) } else { named(&self.only) }
        };
        Ok(table.iter().filter(wanted).copied().collect())
    }
}

/// Runs them one after the other.
fn in_turn(tasks: &[&Task], workspace: &Workspace) -> Vec<Report> {
    let numbered = tasks.iter().enumerate();
    let ended = numbered.map(|(index, task)| {
        println!("\n══ [{}/{}] {}: {}", index + 1, tasks.len(), task.name, task.about);
        timed(task.name, || (task.run)(workspace))
    });
    ended.collect()
}

/// Runs one task and makes a report of whatever comes of it.
pub(crate) fn timed(name: &str, run: impl FnOnce() -> anyhow::Result<Findings>) -> Report {
    let started = Instant::now();
    let findings = run().unwrap_or_else(|error| {
        eprintln!("{name}: {error:#}");
        Findings { problems: vec![format!("{error:#}")], ..Findings::default() }
    });
    Report { name: name.to_owned(), elapsed: started.elapsed(), findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[&Task] = &[
        &Task { name: "a", about: "", lane: Lane::Main, run: |_| Ok(Findings::default()) },
        &Task { name: "b", about: "", lane: Lane::Last, run: |_| bail!("no compiler") },
    ];

    fn selection(only: &[&str], except: &[&str]) -> Selection {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Selection { only: owned(only), except: owned(except), list: false, in_turn: false, results: None }
    }

    fn names(selection: &Selection) -> Vec<&'static str> {
        selection.choose(TABLE).unwrap().iter().map(|task| task.name).collect()
    }

    #[test]
    fn selects_all_some_or_all_but_some() {
        assert_eq!(names(&selection(&[], &[])), ["a", "b"]);
        assert_eq!(names(&selection(&["b"], &[])), ["b"]);
        assert_eq!(names(&selection(&[], &["b"])), ["a"]);
    }

    #[test]
    fn a_misspelt_name_is_refused_instead_of_running_nothing() {
        let error = selection(&["c"], &[]).choose(TABLE).err().unwrap();
        assert_eq!(error.to_string(), "`c` is not in the table; there are: a, b");
    }

    #[test]
    fn an_error_is_a_red_report() {
        let report = timed("b", || bail!("no compiler"));
        assert_eq!(report.findings.problems, ["no compiler"]);
        assert_eq!(report.findings.failures(), 1);
    }
}
