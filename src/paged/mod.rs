//! Things in memory that are added one after the other and read without a lock: by number, and in pages by hash.

mod numbered;
mod pages;

pub(crate) use numbered::Numbered;
pub(crate) use pages::{Follow, Pages, is_second};
