//! What a price list says in sentences: rules, remarks, differences, and the documents it comes from.

use std::fmt::Write;

use planguard::catalog::Catalog;
use planguard::catalog::Stated;

use crate::sheet::lines;
use crate::tables::{cited, heading};

/// A point of a list, broken into lines of at most `width` columns and indented below its dash.
fn point(out: &mut String, width: u16, indent: usize, text: &str) {
    let (first, next) = (format!("{}- ", " ".repeat(indent)), " ".repeat(indent + 2));
    let options = lines(width).initial_indent(&first).subsequent_indent(&next);
    let words: Vec<&str> = text.split_whitespace().collect();
    let _ = writeln!(out, "{}", textwrap::fill(&words.join(" "), options));
}

pub(crate) fn rules(out: &mut String, catalog: &Catalog, width: u16) {
    heading(out, "Rules", '-');
    let mut rule = |name: &str, said: Option<(Option<&str>, bool, String)>| {
        if let Some((note, reading, source)) = said {
            let mark = if reading { "*" } else { "" };
            point(out, width, 0, &format!("{name}{mark}: {} [{source}]", note.unwrap_or_default()));
        }
    };
    let rules = &catalog.policies;
    rule("plan payment", said(catalog, Some(&rules.plan_payment)));
    rule("overage payment", said(catalog, Some(&rules.overage_payment)));
    rule("plan period", said(catalog, Some(&rules.plan_period)));
    rule("plugin period", said(catalog, rules.plugin_period.as_ref()));
    rule("deduction", said(catalog, Some(&rules.deduction)));
    rule("overage from", said(catalog, rules.overage_from_activation_month.as_ref()));
    rule("purchase length", said(catalog, rules.purchase_length.as_ref()));
    rule("changes", said(catalog, rules.change_frequency.as_ref()));
    rule("free trial", said(catalog, rules.free_trial.as_ref()));
    rule("reminders", said(catalog, rules.reminders.as_ref()));
    rule("grace", said(catalog, rules.grace_hours.as_ref()));
    rule("arrears", said(catalog, rules.arrears_hours.as_ref()));
    rule("retention", said(catalog, rules.retention.as_ref()));
    rule("disabled app", said(catalog, rules.disabled_app_days.as_ref()));
    rule("month of suspension", said(catalog, rules.suspended_month_in_proportion.as_ref()));
    rule("apps of one account", said(catalog, rules.max_apps_per_account.as_ref()));
    rule("refund", said(catalog, rules.refund.as_ref()));
    rule("services", said(catalog, rules.services_on_paid_editions_only.as_ref()));
    for service in catalog.services.iter() {
        let name = format!("month of activation of {}", service.id);
        rule(&name, said(catalog, service.activation_month.as_ref()));
    }
    out.push('\n');
}

/// Words, whether they are a reading, and their source.
fn said<'a, T>(catalog: &Catalog, stated: Option<&'a Stated<T>>) -> Option<(Option<&'a str>, bool, String)> {
    stated.map(|stated| (stated.note.as_deref(), stated.reading, cited(catalog, stated.source)))
}

pub(crate) fn remarks(out: &mut String, catalog: &Catalog, width: u16) {
    heading(out, "Remarks", '-');
    for note in catalog.notes.iter() {
        point(out, width, 0, &format!("{}: {} [{}]", note.about, note.text, cited(catalog, note.source)));
    }
    for service in catalog.services.iter() {
        for note in service.notes.iter() {
            let source = cited(catalog, note.source);
            point(out, width, 0, &format!("service:{}: {} [{source}]", service.id, note.text));
        }
    }
    out.push('\n');
}

pub(crate) fn differences(out: &mut String, catalog: &Catalog, width: u16) {
    heading(out, "Where the documents differ", '-');
    for difference in catalog.differences.iter() {
        point(out, width, 0, &format!("{}: {}", difference.about, difference.used));
        for statement in difference.statements.iter() {
            point(out, width, 2, &format!("{} [{}]", statement.text, cited(catalog, statement.source)));
        }
    }
    out.push('\n');
}

pub(crate) fn sources(out: &mut String, catalog: &Catalog, width: u16) {
    heading(out, "Sources", '-');
    for source in catalog.sources.iter() {
        point(out, width, 0, &format!("[{}] {source}", source.id));
    }
}
