//! Sorting what is few: the library's own sort is some 4,000 bytes of code for each type it sorts.

/// Sorts by a key; what has the same key stays in its order. Quick where items are few or nearly sorted.
pub(crate) fn sort_few<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..items.len() {
        let mut place = end;
        while place > 0 && key(&items[place]) < key(&items[place - 1]) {
            items.swap(place, place - 1);
            place -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_sorts_as_the_library_does() {
        for seed in 0..200_u64 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut items: Vec<_> = (0..random.usize(..12)).map(|place| (random.u8(..4), place)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            sort_few(&mut items, |(key, _)| *key);
            assert_eq!(items, expected);
        }
    }
}
