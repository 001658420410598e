//! The login guard: the table of its decisions, budgets, one call for many callers, failures, any history.

mod budget;
mod cases;
mod failures;
mod flight;
mod model;
mod property;
mod schedules;
mod table;
