//! Every variant of errors, refusals, failed logins and events, in both languages.

mod check;
mod errors;
mod events;
mod money;
mod refusals;
