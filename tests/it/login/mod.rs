//! The login guard: the table of its decisions, budgets, one call for many callers, failures, any history.

mod budget;
mod cases;
mod failures;
mod flight;
mod property;
mod table;
