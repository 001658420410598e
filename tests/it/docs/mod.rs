//! What is written is true: documents name what exists, and tests that are written do run.

mod contract;
mod documents;
mod security;
mod seeds;
mod suites;
