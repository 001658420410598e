//! The width of the terminal.

/// The narrowest width that is asked for or taken from a terminal.
pub(crate) const NARROWEST: u16 = 60;
/// The width where there is no terminal, as in a pipe.
const USUAL: u16 = 120;

/// The width of the terminal, in columns.
pub(crate) fn width() -> u16 {
    terminal_size::terminal_size().map_or(USUAL, |(width, _)| width.0.max(NARROWEST))
}
