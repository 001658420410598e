//! `benches/budgets.toml`: what each operation may cost, in instructions and allocations, and judging by it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Context;
use serde::Deserialize;

/// What an operation costs, or may cost, per call.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cost {
    /// Instructions.
    pub(super) instructions: f64,
    /// Allocations.
    pub(super) allocations: f64,
}

/// Costs by the name of the operation.
pub(super) type Costs = BTreeMap<String, Cost>;

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Budgets {
    /// The compiler that the counts were taken with: another one makes other code.
    pub(super) rustc: String,
    /// The architecture: another one has other instructions.
    pub(super) architecture: String,
    /// The budgets.
    pub(super) operation: Costs,
}

/// What a budget leaves above what was measured when it was set.
const SPARE: f64 = 1.05;

/// A budget that is this much above what is measured asks to be lowered.
const LOOSE: f64 = 1.1;

/// What judging came to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Judgement {
    /// Budgets that are exceeded, operations without one, budgets without an operation.
    pub(super) problems: Vec<String>,
    /// Budgets that have become too generous.
    pub(super) loose: Vec<String>,
}

impl Budgets {
    pub(super) fn parse(text: &str) -> anyhow::Result<Self> {
        toml::from_str(text).context("benches/budgets.toml")
    }

    /// Holds what was measured against the budgets.
    pub(super) fn judge(&self, measured: &Costs) -> Judgement {
        let mut judgement = Judgement::default();
        for (name, cost) in measured {
            let Some(budget) = self.operation.get(name) else {
                judgement
                    .problems
                    .push(format!("{name} has no budget; set one with `cargo xtask bench --guard --write`"));
                continue;
            };
            for (unit, cost, budget) in [
                ("instructions", cost.instructions, budget.instructions),
                ("allocations", cost.allocations, budget.allocations),
            ] {
                // What cannot be compared has not kept its budget.
                if cost <= budget {
                    if cost * LOOSE < budget {
                        judgement.loose.push(format!(
                            "{name} takes only {} {unit} of {}: lower the budget",
                            number(cost),
                            number(budget)
                        ));
                    }
                    continue;
                }
                let more = (cost / budget - 1.0) * 100.0;
                judgement.problems.push(format!(
                    "{name} takes {} {unit}, the budget is {}{}",
                    number(cost),
                    number(budget),
                    if more.is_finite() { format!(" ({more:.0} % more)") } else { String::new() }
                ));
            }
        }
        let unmeasured = self.operation.keys().filter(|name| !measured.contains_key(*name));
        judgement
            .problems
            .extend(unmeasured.map(|name| format!("{name} has a budget, but was not measured")));
        judgement
    }
}

/// The text of the file for budgets of what is measured now, and a little more.
pub(super) fn file(measured: &Costs, rustc: &str, architecture: &str) -> String {
    let mut text = format!(
        "# What each operation may cost per call. Judged by `cargo xtask bench --guard`, a step of `cargo xtask ci`.\n\
         # Set by `cargo xtask bench --guard --write`: what was measured then, and 5 % more.\n\
         # Instructions are callgrind's, with hashes in software; allocations are DHAT's.\n\n\
         rustc = {rustc:?}\narchitecture = {architecture:?}\n"
    );
    for (name, cost) in measured {
        let instructions = number((cost.instructions * SPARE).ceil());
        let allocations = number((cost.allocations * SPARE * 100.0).ceil() / 100.0);
        // Writing to a `String` cannot fail.
        let _ = write!(
            text,
            "\n[operation.{name}]\ninstructions = {instructions}\nallocations = {allocations}\n"
        );
    }
    text
}

/// A number as people and TOML read it.
fn number(value: f64) -> String {
    if value.fract() == 0.0 || value >= 1_000.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(all: &[(&str, f64, f64)]) -> Costs {
        let cost = |&(name, instructions, allocations): &(&str, f64, f64)| {
            (name.to_owned(), Cost { instructions, allocations })
        };
        all.iter().map(cost).collect()
    }

    fn budgets(all: &[(&str, f64, f64)]) -> Budgets {
        Budgets { rustc: "rustc 1".into(), architecture: "x86_64".into(), operation: costs(all) }
    }

    #[test]
    fn what_keeps_its_budget_is_no_problem() {
        let judgement = budgets(&[("feature", 100.0, 0.0)]).judge(&costs(&[("feature", 100.0, 0.0)]));
        assert_eq!(judgement, Judgement::default());
    }

    #[test]
    fn one_instruction_above_the_budget_is_a_problem_that_names_all() {
        let judgement = budgets(&[("feature", 100.0, 0.0)]).judge(&costs(&[("feature", 101.0, 0.0)]));
        assert_eq!(judgement.problems, ["feature takes 101 instructions, the budget is 100 (1 % more)"]);
    }

    #[test]
    fn one_allocation_where_there_was_none_is_a_problem() {
        let judgement = budgets(&[("check", 100.0, 0.0)]).judge(&costs(&[("check", 100.0, 0.01)]));
        assert_eq!(judgement.problems, ["check takes 0.01 allocations, the budget is 0"]);
    }

    #[test]
    fn a_count_that_is_no_number_is_a_problem() {
        let judgement = budgets(&[("feature", 100.0, 0.0)]).judge(&costs(&[("feature", f64::NAN, 0.0)]));
        assert_eq!(judgement.problems.len(), 1);
    }

    #[test]
    fn an_operation_without_a_budget_is_a_problem() {
        let judgement = budgets(&[]).judge(&costs(&[("feature", 1.0, 0.0)]));
        assert_eq!(judgement.problems.len(), 1, "{judgement:?}");
    }

    #[test]
    fn a_budget_whose_operation_was_not_measured_is_a_problem() {
        let judgement = budgets(&[("feature", 1.0, 0.0)]).judge(&costs(&[]));
        assert_eq!(judgement.problems, ["feature has a budget, but was not measured"]);
    }

    #[test]
    fn a_budget_that_became_generous_asks_to_be_lowered() {
        let judgement = budgets(&[("feature", 100.0, 0.0)]).judge(&costs(&[("feature", 90.0, 0.0)]));
        assert_eq!(judgement.loose, ["feature takes only 90 instructions of 100: lower the budget"]);
        assert_eq!(judgement.problems, [""; 0]);
        let tight = budgets(&[("feature", 100.0, 0.0)]).judge(&costs(&[("feature", 95.0, 0.0)]));
        assert_eq!(tight, Judgement::default());
    }

    #[test]
    fn what_is_written_is_read_back_with_a_little_more() {
        let text =
            file(&costs(&[("feature", 100.0, 0.0), ("record", 9_261.4, 7.31)]), "rustc 1.95.0", "x86_64");
        let read = Budgets::parse(&text).unwrap();
        assert_eq!(read.operation, costs(&[("feature", 105.0, 0.0), ("record", 9_725.0, 7.68)]));
        assert_eq!((read.rustc.as_str(), read.architecture.as_str()), ("rustc 1.95.0", "x86_64"));
    }

    #[test]
    fn the_file_names_every_operation_of_the_counts() {
        let text = include_str!("../../../benches/budgets.toml");
        let source = include_str!("../../../benches/instructions.rs");
        let named = |name: &str| source.contains(&format!("#[bench::{name}(\"{name}\", "));
        let budgets = Budgets::parse(text).unwrap();
        assert!(budgets.operation.keys().all(|name| named(name)));
        assert_eq!(source.matches("#[bench::").count(), budgets.operation.len());
    }
}
