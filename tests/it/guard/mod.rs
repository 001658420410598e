//! A whole guard: its limits, its endpoint, what the provider refuses, a store that fails, and anything in any order.

mod anything;
mod bounds;
mod faults;
mod forecast;
mod keep_fresh;
mod limits;
mod months;
mod others;
mod perform;
mod permits;
mod preview;
mod promises;
mod rejections;
mod remedies;
mod reserve_property;
mod seed;
mod sync;
mod users;
