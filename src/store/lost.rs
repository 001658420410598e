//! What may be granted while the store that several processes share is lost.

/// What a process may grant of limits while the store that it shares with others cannot be reached.
///
/// Each process then goes on in memory and does not see what the others do. Logins, and room of the limits that they count
/// against, go on in any case: nobody is kept out of the chat because a database is down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenLost {
    /// All that memory shows to be free: for a store that one process has to itself.
    #[default]
    Allow,
    /// So much of what was free of each limit when the store was lost: with `numerator / denominator` of one over the
    /// number of processes, all of them together grant no more than there is when all of them lose it. While some still
    /// reach it, those grant the rest as well.
    AllowWithinShare {
        /// Of this many parts,
        numerator: u32,
        /// out of this many.
        denominator: u32,
    },
    /// Nothing that needs room.
    Deny,
}

impl WhenLost {
    /// How much of what was free may be granted.
    pub(in crate::store) fn of(self, free: u64) -> u64 {
        match self {
            Self::Allow => u64::MAX,
            Self::AllowWithinShare { numerator, denominator } => {
                let share = u128::from(free) * u128::from(numerator) / u128::from(denominator.max(1));
                u64::try_from(share).unwrap_or(u64::MAX).min(free)
            }
            Self::Deny => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_all_are_no_more_than_all() {
        let eighth = WhenLost::AllowWithinShare { numerator: 1, denominator: 8 };
        for free in [0, 1, 7, 8, 100, u64::MAX] {
            assert!(u128::from(eighth.of(free)) * 8 <= u128::from(free));
        }
        assert_eq!((eighth.of(100), WhenLost::Deny.of(100), WhenLost::Allow.of(0)), (12, 0, u64::MAX));
        assert_eq!(WhenLost::AllowWithinShare { numerator: 3, denominator: 0 }.of(5), 5);
    }
}
