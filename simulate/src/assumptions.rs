//! What the figures rest on, in sentences and in the words of the table: a figure without them says too much.

use crate::log::Kind;
use crate::summary::{Rows, Setting};

/// The assumptions that hold for this replay.
pub(crate) fn of(setting: &Setting, rows: &Rows) -> Vec<String> {
    let Setting { plan, zone, session_minutes, kind, .. } = setting;
    let mut all: Vec<String> = Vec::new();
    match kind {
        Kind::Messages => all.extend([
            "Each message is two logins that the app asks for: its sender opened chat, its receiver was woken by a \
             push. Without planguard the app logs in on both, every time."
                .to_owned(),
            "A receiver who opened chat to read and wrote nothing leaves no row. So \"MAU with\" is a lower bound, \
             and \"users avoided\" an upper bound, of what an app would see."
                .to_owned(),
        ]),
        Kind::Logins => all.extend([
            "Each row is one login that the app asks for. Without planguard every one reaches the chat SDK."
                .to_owned(),
            "A user is logged in on one device at a time: a row on another device ends the session on the former. \
             The intents after_kick and after_kick_confirmed say that the session was kicked off just before."
                .to_owned(),
        ]),
    }
    all.push(format!(
        "An app process, and the chat session in it, ends {session_minutes} minutes after the user's last row and \
         at the turn of the billing day, whichever comes first. A login asked for before that is suppressed, since \
         this very user is logged in."
    ));
    all.push(
        "Suppressed logins save no monthly active user and no money: repeated logins of one user in one month count \
         once. They spare rate limits, connections and battery. Only \"users avoided\" are active users that \
         planguard avoided: their logins were deferred, and in that month they neither opened chat nor were denied."
            .to_owned(),
    );
    if plan.bills_days() {
        all.push(
            "This price list bills the month's peak of daily active users, so the guard defers a background login \
             of a user who is not yet counted on that day. Peak groups are not in the log and are taken as none."
                .to_owned(),
        );
    }
    all.push(
        "The guard runs with its default login policy, on its own ledger, which is empty when the log begins. Every \
         login it sends succeeds at once."
            .to_owned(),
    );
    if plan.free_active_users.is_some() && !plan.overage || plan.max_users.is_some() {
        all.push(
            "This plan bounds its users: the guard denies a new one beyond the bound (\"denied users\"). Without \
             planguard the provider would refuse them too; \"MAU without\" and \"logins without\" still count \
             everyone who asked."
                .to_owned(),
        );
    }
    all.push(format!(
        "Days and months turn in the zone {zone}. The provider states no zone; UTC+08:00 is inferred from its daily \
         statistics."
    ));
    all.push(if plan.currency.is_some() {
        "The cost of a month is its whole plan fee and its overage by this price list, whenever the log was \
         recorded, without value-added services. The fee is the same with and without planguard."
            .to_owned()
    } else {
        "This price list has no prices, so there is no cost.".to_owned()
    });
    all.push(
        "Totals are sums over the months: a user active in three months is three monthly active users. Months \
         without a row are not listed. The peak day of the totals is the highest."
            .to_owned(),
    );
    all.push(
        "A row that cannot be read, or whose time lies in the future or more than a year apart from all but a few \
         rows of the log, counts on neither side."
            .to_owned(),
    );
    if rows.sorted {
        all.push(
            "The log was not in order of time: its rows were sorted before the replay, and each counts at its own \
             time, those of one instant in the order in which the log has them."
                .to_owned(),
        );
    } else if rows.out_of_order > 0 {
        all.push(format!(
            "A log that is read only once cannot be sorted: a row up to {session_minutes} minutes older than one \
             before it counts, on both sides, at the latest time before it."
        ));
    }
    all
}
