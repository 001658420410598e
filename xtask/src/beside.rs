//! Tasks that run beside others, in a process of their own, so that what waits in one leaves the processors to the other.

use anyhow::Context;

use crate::report::{Findings, Report};
use crate::step;
use crate::task::Task;
use crate::workspace::Workspace;

/// What each line of theirs begins with on the terminal.
const MARK: &str = "┊ ";

/// Runs them by the same command, one after the other, and gives what they came to. One that says nothing is red.
pub(crate) fn run(workspace: &Workspace, command: &str, tasks: &[&Task]) -> Vec<Report> {
    carry_out(workspace, command, tasks).unwrap_or_else(|error| {
        let problem = format!("the tasks beside the others came to no end: {error:#}");
        println!("{MARK}{problem}");
        let report = |task: &&Task| Report {
            name: task.name.to_owned(),
            findings: Findings { problems: vec![problem.clone()], ..Findings::default() },
            ..Report::default()
        };
        tasks.iter().map(report).collect()
    })
}

fn carry_out(workspace: &Workspace, command: &str, tasks: &[&Task]) -> anyhow::Result<Vec<Report>> {
    let file = tempfile::NamedTempFile::new().context("a file for their results")?;
    let program = std::env::current_exe().context("this program does not know where it lies")?;
    let mut process = workspace.command(program);
    process.args([command, "--in-turn", "--results"]).arg(file.path());
    for task in tasks {
        process.args(["--only", task.name]);
    }
    // Whether it succeeded is in what it wrote.
    step::run_marked("beside", &mut process, MARK)?;
    read(&std::fs::read_to_string(file.path())?, tasks)
}

/// Reads what they came to: something of each.
fn read(text: &str, tasks: &[&Task]) -> anyhow::Result<Vec<Report>> {
    let reports: Vec<Report> = serde_json::from_str(text).context("reading their results")?;
    for task in tasks {
        let told = reports.iter().any(|report| report.name == task.name);
        told.then_some(()).with_context(|| format!("nothing was told of {}", task.name))?;
    }
    Ok(reports)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::Lane;

    #[test]
    fn every_task_must_have_told_what_it_came_to() {
        let task = |name| Task { name, about: "", lane: Lane::Beside, run: |_| Ok(Findings::default()) };
        let (one, other) = (task("a"), task("b"));
        let said = vec![Report { name: "a".to_owned(), ..Report::default() }];
        let text = serde_json::to_string(&said).unwrap();
        assert_eq!(read(&text, &[&one]).unwrap().len(), 1);
        assert_eq!(read(&text, &[&one, &other]).err().unwrap().to_string(), "nothing was told of b");
        assert!(read("", &[&one]).is_err());
    }
}
