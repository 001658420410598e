//! The figures as the tables of `docs/SIZE.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::Context;

use crate::bench::machine::Machine;
use crate::workspace::Workspace;

use super::Weighed;

const PAGE: &str = "docs/SIZE.md";
const BEGIN: &str = "<!-- written by `cargo xtask size` -->\n";
const END: &str = "<!-- end -->";

/// What has fewer bytes in every library is summed up in one row.
const LEAST: u64 = 4_000;

/// What the tables were measured on.
pub(super) fn origin(machine: &Machine) -> String {
    let Machine { system, rustc, commit, date, .. } = machine;
    format!("`cargo xtask size` at commit {commit} on {date}, with {rustc}, on {system}.\n")
}

/// Every table, one under the other.
pub(super) fn text(all: &[Weighed]) -> String {
    let mut out = String::new();
    totals(&mut out, all);
    by_name(&mut out, all, "Section", |one| one.contents.sections.clone());
    by_name(&mut out, all, "Crate", |one| {
        let mut crates = one.contents.crates.clone();
        crates.insert("(constants without a name)".to_owned(), one.contents.unnamed);
        crates
    });
    by_name(&mut out, all, "Module of planguard", |one| one.contents.modules.clone());
    if let Some(last) = all.last() {
        let _ = writeln!(
            out,
            "\nThe largest functions of `{}`:\n\n| Bytes | Function |\n| ---: | --- |",
            last.shape.name
        );
        for (bytes, name) in &last.contents.largest {
            let name: String = name.chars().take(110).collect();
            let _ = writeln!(out, "| {} | `{}` |", grouped(*bytes), name.replace('|', "\\|"));
        }
    }
    out
}

fn totals(out: &mut String, all: &[Weighed]) {
    out.push_str("| Library | Features | Bytes | gzip -9 | Budget | Wanted | |\n");
    out.push_str("| --- | --- | ---: | ---: | ---: | ---: | --- |\n");
    for one in all {
        let budget = one.budget.map_or(["-".to_owned(), "-".to_owned()], |budget| {
            [grouped(budget.most), grouped(budget.wanted)]
        });
        let verdict = match one.budget {
            Some(budget) if one.stripped <= budget.wanted => "holds",
            Some(budget) if one.stripped <= budget.most => "within the budget, above what is wanted",
            Some(_) => "above the budget",
            None => "no budget",
        };
        let _ = writeln!(
            out,
            "| `{}`: {} | `{}` | {} | {} | {} | {} | {verdict} |",
            one.shape.name,
            one.shape.about,
            one.shape.features,
            grouped(one.stripped),
            grouped(one.gzip),
            budget[0],
            budget[1],
        );
    }
}

/// One row for each name, the largest first; what is small everywhere is one row.
fn by_name(out: &mut String, all: &[Weighed], title: &str, of: impl Fn(&Weighed) -> BTreeMap<String, u64>) {
    let columns: Vec<BTreeMap<String, u64>> = all.iter().map(of).collect();
    let names: BTreeSet<&String> = columns.iter().flat_map(BTreeMap::keys).collect();
    let row = |name: &String| columns.iter().map(|column| column.get(name).copied().unwrap_or(0)).collect();
    let mut rows: Vec<(String, Vec<u64>)> = names.into_iter().map(|name| (name.clone(), row(name))).collect();
    let (mut large, small): (Vec<_>, Vec<_>) =
        rows.drain(..).partition(|(_, bytes)| bytes.iter().any(|bytes| *bytes >= LEAST));
    large.sort_by_key(|(_, bytes)| std::cmp::Reverse(bytes.last().copied()));
    if !small.is_empty() {
        let sum = |at: usize| small.iter().map(|(_, bytes)| bytes[at]).sum();
        large.push((format!("{} more", small.len()), (0..all.len()).map(sum).collect()));
    }
    let shapes = cells(all.iter().map(|one| format!("`{}`", one.shape.name)));
    let _ = writeln!(out, "\n| {title} |{shapes}\n| --- |{}", " ---: |".repeat(all.len()));
    for (name, bytes) in large {
        let bytes = cells(bytes.into_iter().map(grouped));
        let _ = writeln!(out, "| {name} |{bytes}");
    }
}

fn cells(cells: impl Iterator<Item = String>) -> String {
    cells.flat_map(|cell| [" ".to_owned(), cell, " |".to_owned()]).collect()
}

/// Puts the tables where the page keeps them.
pub(super) fn write(workspace: &Workspace, tables: &str) -> anyhow::Result<()> {
    let path = workspace.root.join(PAGE);
    let page = std::fs::read_to_string(&path).with_context(|| format!("reading {PAGE}"))?;
    let page = replaced(&page, tables).with_context(|| format!("{PAGE} has no place for the tables"))?;
    std::fs::write(path, page).with_context(|| format!("writing {PAGE}"))
}

fn replaced(page: &str, tables: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n{tables}\n{END}{after}"))
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mobile::SHAPES;
    use crate::size::budget::Budget;
    use crate::size::symbols::Contents;

    #[test]
    fn tables_have_the_largest_first_and_the_small_summed_up() {
        let crates = [("big", 9_000), ("bigger", 10_000), ("a", 1), ("b", 2)];
        let crates = crates.map(|(name, bytes)| (name.to_owned(), bytes)).into();
        let contents = Contents { crates, ..Contents::default() };
        let budget = Some(Budget { most: 2_000_000, wanted: 1_000_000 });
        let one = Weighed { shape: SHAPES[0], stripped: 1_234_567, gzip: 456, contents, budget };
        let text = text(&[one]);
        let crates = text.split("| Crate |").nth(1).unwrap();
        assert!(
            crates.starts_with(
                " `ffi` |\n| --- | ---: |\n| bigger | 10,000 |\n| big | 9,000 |\n| 3 more | 3 |\n"
            )
        );
        assert!(text.contains(
            "| 1,234,567 | 456 | 2,000,000 | 1,000,000 | within the budget, above what is wanted |"
        ));
    }

    #[test]
    fn tables_say_where_they_are_from() {
        let of = |text: &str| text.to_owned();
        let (cpu, system, rustc, date) = (of("cpu"), of("Linux"), of("rustc 1.95.0"), of("2026-11-26"));
        let machine = Machine { cpu, cores: 2, system, rustc, commit: of("abc1234"), date };
        assert_eq!(
            origin(&machine),
            "`cargo xtask size` at commit abc1234 on 2026-11-26, with rustc 1.95.0, on Linux.\n"
        );
    }

    #[test]
    fn tables_take_the_place_of_earlier_ones() {
        let page = format!("a\n{BEGIN}old\n{END}\nb\n");
        assert_eq!(replaced(&page, "new\n"), Some(format!("a\n{BEGIN}\nnew\n\n{END}\nb\n")));
        assert_eq!(replaced("none", "new"), None);
    }
}
