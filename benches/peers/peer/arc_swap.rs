//! arc-swap: one load of a shared pointer and one flag read through it. The least that any answer from replaceable
//! state costs; it knows no clock, no plan and no reason.

use arc_swap::ArcSwap;

pub(crate) struct Flags(ArcSwap<[bool; 32]>);

impl Flags {
    pub(crate) fn new() -> Self {
        Self(ArcSwap::from_pointee([true; 32]))
    }

    pub(crate) fn get(&self, flag: usize) -> bool {
        self.0.load()[flag]
    }
}
