//! What a reader should take away, first: active users avoided, what that does to the cost, and what it does not.

use indicatif::HumanCount;

use crate::log::Kind;
use crate::summary::{Figures, Month, Report};
use crate::words::{money, month, months, percent};

/// The sentences, the most important first. Repeated logins save no active user and are never counted as one.
pub(crate) fn of(report: &Report) -> Vec<String> {
    too_small(report).into_iter().chain([avoided(report), logins(&report.totals.figures)]).collect()
}

fn avoided(report: &Report) -> String {
    let figures = &report.totals.figures;
    let over = months(report.months.len());
    let users = HumanCount(figures.mau_without);
    let first = if figures.avoided_users == 0 {
        format!("None of {users} monthly active users avoided over {over}")
    } else {
        // A receiver who read and wrote nothing leaves no row in a message log.
        let most = if report.kind == Kind::Messages { "Up to " } else { "" };
        let share = percent(figures.avoided_users, figures.mau_without);
        let avoided = HumanCount(figures.avoided_users);
        format!("{most}{avoided} of {users} monthly active users ({share}) avoided over {over}")
    };
    format!("{first}; {}.", cost(report))
}

/// What the avoided users do to the bill, and why if it is nothing.
fn cost(report: &Report) -> String {
    let (plan, figures) = (&report.plan, &report.totals.figures);
    let Some(currency) = plan.currency else {
        return "the price list states no prices, so there is no cost to compare".to_owned();
    };
    let (Some(without), Some(with)) = (&figures.cost_without, &figures.cost_with) else {
        return "the price list states no price for the overage, so there is no cost to compare".to_owned();
    };
    if without != with {
        // Whoever is taken to be avoided at most saves that at most.
        let best = if report.kind == Kind::Messages { " at best" } else { "" };
        return format!("the cost falls from {} to {} {currency}{best}", money(without), money(with));
    }
    let because = match plan.free_active_users {
        None => format!("{} includes any number of active users", plan.name),
        Some(free) if peak(report).is_none_or(|(_, most)| most <= free) => {
            let what = if plan.bills_days() { "every month's peak day" } else { "every month" };
            format!("{what} lies inside the {} free", HumanCount(free))
        }
        Some(_) if !plan.overage => format!("{} has no overage", plan.name),
        Some(_) => "overage is charged by the started block, and as many blocks are started".to_owned(),
    };
    format!("the cost does not change, because {because}")
}

/// Beyond a bound that no money lifts, users are turned away, with planguard and without it.
fn too_small(report: &Report) -> Option<String> {
    let plan = &report.plan;
    let free = plan.free_active_users.filter(|_| !plan.overage);
    let denied = HumanCount(report.totals.figures.denied_logins);
    let turned_away = format!(
        "Beyond them planguard denies new users (logins denied: {denied}), whom the provider would refuse as well"
    );
    let (name, unit) = (&plan.name, if plan.bills_days() { "daily" } else { "monthly" });
    if let (Some(free), Some((when, most))) = (free, peak(report))
        && most > free
    {
        return Some(format!(
            "{name} is too small for this log: it ends at {} {unit} active users, and {} has {}. {turned_away}.",
            HumanCount(free),
            month(&when.month),
            HumanCount(most),
        ));
    }
    let max = plan.max_users.filter(|max| report.totals.users > *max)?;
    Some(format!(
        "{name} is too small for this log: it ends at {} registered users, and the log has {}. {turned_away}.",
        HumanCount(max),
        HumanCount(report.totals.users),
    ))
}

/// The month with the most of what the plan bills, without planguard.
pub(crate) fn peak(report: &Report) -> Option<(&Month, u64)> {
    let billed = |figures: &Figures| {
        if report.plan.bills_days() { figures.peak_dau_without } else { figures.mau_without }
    };
    report.months.iter().map(|month| (month, billed(&month.figures))).max_by_key(|(_, most)| *most)
}

fn logins(figures: &Figures) -> String {
    let kept = figures.logins_without - figures.logins_with;
    let mut parts = Vec::new();
    if figures.suppressed_logins > 0 {
        parts.push(format!(
            "{} of users who were logged in already, which spares rate limits and connections but no money",
            HumanCount(figures.suppressed_logins)
        ));
    }
    if figures.deferred_logins > 0 {
        parts.push(format!("{} deferred until the user opens chat", HumanCount(figures.deferred_logins)));
    }
    if figures.denied_logins > 0 {
        parts.push(format!("{} denied", HumanCount(figures.denied_logins)));
    }
    if parts.is_empty() {
        return format!("All {} logins reach the chat SDK.", HumanCount(figures.logins_without));
    }
    format!(
        "{} of {} logins ({}) do not reach the chat SDK: {}.",
        HumanCount(kept),
        HumanCount(figures.logins_without),
        percent(kept, figures.logins_without),
        parts.join("; ")
    )
}
