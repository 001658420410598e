//! Random numbers that tell instances, permits and events apart, and jitter.

use crate::decide::fetch::backoff::Jitter;

/// 128 random bits from the system; from a process-local generator where the system has none to give.
pub(crate) fn id() -> u128 {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u128::from_le_bytes(bytes),
        Err(_) => u128::from(fastrand::u64(..)) << 64 | u128::from(fastrand::u64(..)),
    }
}

/// Fresh jitter.
pub(crate) fn jitter() -> Jitter {
    let [a, b, c, d, ..] = id().to_le_bytes();
    Jitter::from_random(u32::from_le_bytes([a, b, c, d]))
}
