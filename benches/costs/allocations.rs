//! Allocations, counted by the allocator on every thread of the process.

use stats_alloc::Region;

use crate::ALLOCATOR;

/// How often `work` allocates or grows an allocation.
pub(crate) fn count(work: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    change.allocations + change.reallocations
}

/// Bytes that are allocated and not freed, by now.
pub(crate) fn live_bytes() -> u64 {
    let stats = ALLOCATOR.stats();
    // `bytes_allocated` and `bytes_deallocated` contain what reallocations grew and shrank by.
    (stats.bytes_allocated - stats.bytes_deallocated) as u64
}
