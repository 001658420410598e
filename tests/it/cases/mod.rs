//! Troubles seen in the field or provoked on purpose, each in its smallest form and told by its kind: what a test's
//! name promises held for nobody once.

mod budgets;
mod combined;
mod corrections;
mod counting;
mod documents;
mod edges;
mod following;
mod given_up;
mod hanging;
mod host_code;
mod identity;
mod intermediaries;
mod locked;
mod outages;
mod overflow;
mod owners;
mod periods;
mod permits;
mod processes;
mod receipts;
mod refusals;
mod reports;
mod rig;
mod sessions;
mod shifting;
mod time;
mod waits;
