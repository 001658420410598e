//! Reference billing endpoint with fault switches.
