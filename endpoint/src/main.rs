//! The commands of the endpoint.
#![allow(clippy::print_stderr, reason = "commands speak to people")]

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("planguard-endpoint: {error:#}");
            ExitCode::FAILURE
        }
    }
}
