//! Time that goes wrong, on the device and in answers: one table of cases, and every two of them after each other.

mod inputs;
mod pairs;
mod rows;
mod table;
mod world;
