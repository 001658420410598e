//! How much of each limit is used.

use std::sync::Arc;

use rpds::HashTrieMapSync;

use super::counter::Counter;
use super::counter_key::CounterKey;

/// Where counters are kept.
pub trait CounterSource: Send + Sync + std::fmt::Debug {
    /// The counter at `key`; `None` when nothing was ever counted there.
    fn counter(&self, key: &CounterKey) -> Option<Counter>;

    /// Shows every counter, in no particular order.
    fn each(&self, visit: &mut dyn FnMut(CounterKey, Counter));
}

/// All counters: those that were set here, over those of a source. Setting one makes a new value and leaves the source
/// as it is; what is read of the source is as it stands at that moment.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    beneath: Option<Arc<dyn CounterSource>>,
    set: HashTrieMapSync<CounterKey, Counter>,
}

impl Usage {
    /// The counters of `source`.
    pub fn of(source: Arc<dyn CounterSource>) -> Self {
        Self { beneath: Some(source), set: HashTrieMapSync::default() }
    }

    /// The counter at `key`; zero when nothing was ever counted there.
    pub fn get(&self, key: &CounterKey) -> Counter {
        if !self.set.is_empty()
            && let Some(counter) = self.set.get(key)
        {
            return *counter;
        }
        self.beneath.as_ref().and_then(|source| source.counter(key)).unwrap_or_default()
    }

    /// This usage with one counter replaced.
    #[must_use]
    pub fn with(&self, key: CounterKey, counter: Counter) -> Self {
        Self { set: self.set.insert(key, counter), ..self.clone() }
    }

    /// Shows every counter, in no particular order.
    pub fn each(&self, mut visit: impl FnMut(&CounterKey, &Counter)) {
        for (key, counter) in &self.set {
            visit(key, counter);
        }
        if let Some(source) = &self.beneath {
            source.each(&mut |key, counter| {
                if !self.set.contains_key(&key) {
                    visit(&key, &counter);
                }
            });
        }
    }

    /// Every counter, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (CounterKey, Counter)> + use<> {
        let mut all = Vec::new();
        self.each(|key, counter| all.push((*key, *counter)));
        all.into_iter()
    }
}

impl FromIterator<(CounterKey, Counter)> for Usage {
    fn from_iter<I: IntoIterator<Item = (CounterKey, Counter)>>(counters: I) -> Self {
        Self { beneath: None, set: counters.into_iter().collect() }
    }
}
