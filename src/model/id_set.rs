//! A set of a few values of a small closed enum, kept as bits: `Copy`, and written as a list of ids.

use std::fmt;
use std::marker::PhantomData;

use super::feature::{GroupType, Platform};

/// An enum small enough for an [`IdSet`].
pub trait SmallId: Copy + fmt::Display + 'static {
    /// Every value, by its bit.
    const MEMBERS: &'static [Self];

    /// The position in [`Self::MEMBERS`], below 16.
    fn bit(self) -> u16;
}

macro_rules! small_id {
    ($($name:ident),+) => { $(
        const _: () = assert!($name::COUNT <= 16);

        impl SmallId for $name {
            const MEMBERS: &'static [Self] = Self::ALL;

            fn bit(self) -> u16 {
                1 << self.index()
            }
        }

        impl IdSet<$name> {
            /// The set of these members; at compile time, for constants.
            pub const fn of(members: &[$name]) -> Self {
                let mut bits = 0;
                let mut at = 0;
                while at < members.len() {
                    bits |= 1 << members[at].index();
                    at += 1;
                }
                Self(bits, PhantomData)
            }
        }
    )+ };
}

small_id!(Platform, GroupType);

/// A set of platforms or of group types.
///
/// ```
/// use planguard::features::{IdSet, Platform};
/// let phones = IdSet::from_iter([Platform::Ios, Platform::Android]);
/// assert!(phones.contains(Platform::Ios) && !phones.contains(Platform::Web));
/// assert_eq!(phones.to_string(), "android, ios");
/// ```
pub struct IdSet<T>(u16, PhantomData<T>);

impl<T: SmallId> IdSet<T> {
    /// The set of nothing.
    pub const EMPTY: Self = Self(0, PhantomData);

    /// Whether `member` is in it.
    pub fn contains(self, member: T) -> bool {
        self.0 & member.bit() != 0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// What is in it, in the order of the enum.
    pub fn iter(self) -> impl Iterator<Item = T> {
        T::MEMBERS.iter().copied().filter(move |&member| self.contains(member))
    }
}

// By hand: derived ones would ask the same of `T`.
impl<T> Clone for IdSet<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for IdSet<T> {}

impl<T> PartialEq for IdSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T> Eq for IdSet<T> {}

impl<T> std::hash::Hash for IdSet<T> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: SmallId> FromIterator<T> for IdSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        Self(members.into_iter().fold(0, |bits, member| bits | member.bit()), PhantomData)
    }
}

impl<T: SmallId> fmt::Display for IdSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, member) in self.iter().enumerate() {
            write!(f, "{}{member}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl<T: SmallId> fmt::Debug for IdSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{self}]")
    }
}

impl<T: SmallId + serde::Serialize> serde::Serialize for IdSet<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, T: SmallId + serde::Deserialize<'de>> serde::Deserialize<'de> for IdSet<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut set = Self::EMPTY;
        for member in Vec::<T>::deserialize(deserializer)? {
            if set.contains(member) {
                return Err(serde::de::Error::custom(format_args!("`{member}` is given twice; keep one")));
            }
            set.0 |= member.bit();
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_a_list_of_ids_in_json() {
        let set: IdSet<Platform> = serde_json::from_str(r#"["web","android"]"#).unwrap();
        assert_eq!(set, [Platform::Android, Platform::Web].into_iter().collect());
        assert_eq!(serde_json::to_string(&set).unwrap(), r#"["android","web"]"#);
        assert_eq!(serde_json::from_str::<IdSet<GroupType>>("[]").unwrap(), IdSet::EMPTY);
    }

    #[test]
    fn an_id_given_twice_or_unknown_is_refused() {
        let error = |text| serde_json::from_str::<IdSet<Platform>>(text).unwrap_err().to_string();
        assert!(error(r#"["web","web"]"#).starts_with("`web` is given twice; keep one"));
        assert!(error(r#"["fridge"]"#).contains("known: android, ios, desktop, web"));
    }
}
