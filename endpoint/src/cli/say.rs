//! What commands print.

use std::fmt::Display;
use std::io::Write as _;

use anyhow::{Context as _, Result};

/// Prints a line on standard output. `println!` panics where nobody reads it any more.
///
/// # Errors
/// Where it was not taken. A command that prints what is shown once must not end as if it had been read.
pub(super) fn say(line: impl Display) -> Result<()> {
    writeln!(std::io::stdout(), "{line}").context("nobody reads the standard output any more")
}
