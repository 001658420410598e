//! Tables of named tasks, and running a selection of one.

use std::time::Instant;

use anyhow::bail;
use clap::Args;

use crate::report::{Findings, Report, conclude};
use crate::workspace::Workspace;

/// One row of a table: a test suite or a check.
pub(crate) struct Task {
    /// What `--only` and `--except` call it.
    pub name: &'static str,
    /// One line for `--list`.
    pub about: &'static str,
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
}

impl Selection {
    /// Runs the selected rows, all of them even when one is red, and prints the summary.
    pub(crate) fn run(&self, table: &[&Task], workspace: &Workspace) -> anyhow::Result<bool> {
        let selected = self.choose(table)?;
        if self.list {
            for task in selected {
                println!("{:<14} {}", task.name, task.about);
            }
            return Ok(true);
        }
        let mut reports = Vec::new();
        for (index, task) in selected.iter().enumerate() {
            println!("\n══ [{}/{}] {}: {}", index + 1, selected.len(), task.name, task.about);
            reports.push(timed(task.name, || (task.run)(workspace)));
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

/// Runs one task and makes a report of whatever comes of it.
pub(crate) fn timed(name: &'static str, run: impl FnOnce() -> anyhow::Result<Findings>) -> Report {
    let started = Instant::now();
    let findings = run().unwrap_or_else(|error| {
        eprintln!("{name}: {error:#}");
        Findings { problems: vec![format!("{error:#}")], ..Findings::default() }
    });
    Report { name, elapsed: started.elapsed(), findings }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[&Task] = &[
        &Task { name: "a", about: "", run: |_| Ok(Findings::default()) },
        &Task { name: "b", about: "", run: |_| bail!("no compiler") },
    ];

    fn selection(only: &[&str], except: &[&str]) -> Selection {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Selection { only: owned(only), except: owned(except), list: false }
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
