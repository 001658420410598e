//! Troubles seen in the field or provoked on purpose, each in its smallest form and told by its kind: what a test's
//! name promises held for nobody once.

mod budgets;
mod combined;
mod corrections;
mod counting;
mod documents;
mod edges;
mod given_up;
mod identity;
mod intermediaries;
mod outages;
mod owners;
mod periods;
mod processes;
mod receipts;
mod refusals;
mod reports;
mod rig;
mod sessions;
mod time;
mod waits;
