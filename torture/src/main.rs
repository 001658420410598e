//! Kills processes that use planguard, breaks their stores, and holds what is left against an independent journal.
//!
//! `cargo xtask torture` builds and starts it. `docs/RELIABILITY.md` says what it does and what it found.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line program talks to a terminal")]

mod account;
mod breach;
mod child;
mod clock;
mod document;
mod faults;
mod figures;
mod flips;
mod found;
mod journal;
mod kind;
mod names;
mod processes;
mod run;
mod setting;
mod strangers;
mod waits;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Kills processes that use planguard, and breaks their stores")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs worlds until the time is over; fails when a promise was broken.
    Run(run::Options),
    /// A process of a world, which the run starts.
    #[command(hide = true)]
    Child {
        /// What it is to do.
        part: String,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Run(options) => run::run(&options).map(|clean| u8::from(!clean)),
        Command::Child { part } => {
            let part = serde_json::from_str(&part).map_err(anyhow::Error::from);
            part.and_then(child::run).and_then(|code| Ok(u8::try_from(code)?))
        }
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("torture: {error:#}");
            ExitCode::FAILURE
        }
    }
}
