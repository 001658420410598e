//! Allocations, counted by the allocator on every thread of the process.

use planguard_bench::operation::{OPERATIONS, Prepared};
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

/// Prints for every operation with a budget: its name, how many calls were counted, and their allocations.
pub(crate) fn print_all() {
    assert_eq!(count(|| drop(std::hint::black_box(vec![1_u8]))), 1, "the counter counts");
    for operation in OPERATIONS {
        let mut prepared = Prepared::of(operation.name);
        let total = count(|| prepared.run());
        println!("{} {} {total}", operation.name, operation.calls);
    }
}
