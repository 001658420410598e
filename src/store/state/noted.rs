//! Maps and sets that note which of their entries were written or removed, where a state is kept row by row.
//!
//! Without a store that does so they are plain ones. They cannot be changed but by the methods here, so no change is
//! missed.

use std::hash::Hash;
use std::ops::Deref;

use rpds::{HashTrieMapSync, HashTrieSetSync};

/// The keys that were touched, while that is noted.
#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
#[derive(Clone, Debug)]
pub(super) struct Notes<K> {
    on: bool,
    keys: Vec<K>,
}

#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
impl<K> Default for Notes<K> {
    fn default() -> Self {
        Self { on: false, keys: Vec::new() }
    }
}

#[cfg(all(feature = "redis", not(target_arch = "wasm32")))]
impl<K: Copy> Notes<K> {
    pub(super) fn note(&mut self, key: K) {
        if self.on {
            self.keys.push(key);
        }
    }

    pub(super) fn keys(&self) -> &[K] {
        &self.keys
    }

    /// Whether touches are noted; a map that was made anew notes none.
    pub(super) const fn is_on(&self) -> bool {
        self.on
    }

    /// Begins to note, with nothing noted.
    pub(super) fn begin(&mut self) {
        self.on = true;
        self.keys.clear();
    }
}

/// Nothing is noted.
#[cfg(not(all(feature = "redis", not(target_arch = "wasm32"))))]
#[derive(Clone, Debug)]
pub(super) struct Notes<K>(std::marker::PhantomData<fn(K)>);

#[cfg(not(all(feature = "redis", not(target_arch = "wasm32"))))]
impl<K> Default for Notes<K> {
    fn default() -> Self {
        Self(std::marker::PhantomData)
    }
}

#[cfg(not(all(feature = "redis", not(target_arch = "wasm32"))))]
impl<K> Notes<K> {
    #[allow(clippy::unused_self, reason = "the other build notes")]
    pub(super) fn note(&mut self, _key: K) {}
}

/// A persistent map that notes its touched keys.
#[derive(Clone, Debug)]
pub(super) struct NotedMap<K: Eq + Hash, V> {
    map: HashTrieMapSync<K, V>,
    pub(super) notes: Notes<K>,
}

impl<K: Eq + Hash, V> Default for NotedMap<K, V> {
    fn default() -> Self {
        Self { map: HashTrieMapSync::default(), notes: Notes::default() }
    }
}

impl<K: Eq + Hash, V> Deref for NotedMap<K, V> {
    type Target = HashTrieMapSync<K, V>;

    fn deref(&self) -> &Self::Target {
        &self.map
    }
}

impl<K: Eq + Hash + Copy, V> NotedMap<K, V> {
    pub(super) fn insert_mut(&mut self, key: K, value: V) {
        self.notes.note(key);
        self.map.insert_mut(key, value);
    }

    pub(super) fn remove_mut(&mut self, key: &K) -> bool {
        self.notes.note(*key);
        self.map.remove_mut(key)
    }
}

impl<K: Eq + Hash, V> FromIterator<(K, V)> for NotedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        Self { map: entries.into_iter().collect(), notes: Notes::default() }
    }
}

/// A persistent set that notes its touched members.
#[derive(Clone, Debug)]
pub(super) struct NotedSet<T: Eq + Hash> {
    set: HashTrieSetSync<T>,
    pub(super) notes: Notes<T>,
}

impl<T: Eq + Hash> Default for NotedSet<T> {
    fn default() -> Self {
        Self { set: HashTrieSetSync::default(), notes: Notes::default() }
    }
}

impl<T: Eq + Hash> Deref for NotedSet<T> {
    type Target = HashTrieSetSync<T>;

    fn deref(&self) -> &Self::Target {
        &self.set
    }
}

impl<T: Eq + Hash + Copy> NotedSet<T> {
    pub(super) fn insert_mut(&mut self, member: T) {
        self.notes.note(member);
        self.set.insert_mut(member);
    }

    pub(super) fn remove_mut(&mut self, member: &T) -> bool {
        self.notes.note(*member);
        self.set.remove_mut(member)
    }
}

impl<T: Eq + Hash> FromIterator<T> for NotedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        Self { set: members.into_iter().collect(), notes: Notes::default() }
    }
}
