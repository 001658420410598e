//! How much of each limit is used: every counter, as one immutable value.

use rpds::HashTrieMapSync;

use super::counter::Counter;
use super::counter_key::CounterKey;
use super::horizon::Horizon;

/// All counters, as one immutable value: changing it makes a new one that shares what did not change.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    counters: HashTrieMapSync<CounterKey, Counter>,
}

impl Usage {
    /// The counter at `key`; zero when nothing was ever counted there.
    pub fn get(&self, key: &CounterKey) -> Counter {
        self.counters.get(key).copied().unwrap_or_default()
    }

    /// This usage with one counter replaced.
    #[must_use]
    pub fn with(&self, key: CounterKey, counter: Counter) -> Self {
        Self { counters: self.counters.insert(key, counter) }
    }

    /// This usage without one counter.
    #[must_use]
    pub fn without(&self, key: &CounterKey) -> Self {
        Self { counters: self.counters.remove(key) }
    }

    /// This usage without the days and months that lie before `horizon`; levels stay.
    #[must_use]
    pub fn since(&self, horizon: &Horizon) -> Self {
        let counters = self.iter().filter(|(key, _)| !key.is_past(horizon));
        counters.map(|(key, counter)| (*key, *counter)).collect()
    }

    /// Every counter, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (&CounterKey, &Counter)> {
        self.counters.iter()
    }
}

impl FromIterator<(CounterKey, Counter)> for Usage {
    fn from_iter<I: IntoIterator<Item = (CounterKey, Counter)>>(counters: I) -> Self {
        Self { counters: counters.into_iter().collect() }
    }
}
