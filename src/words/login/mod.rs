//! Texts on logins. None names the user.

mod denial;
mod effect;
mod identity;
mod outcome;
