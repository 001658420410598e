//! How types cross that `UniFFI` has no derive for: as the list, map or mirror that says the same.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;

use uniffi::deps::anyhow::Result;
use uniffi::{Lift, Lower, MetadataBuffer, RustBuffer, TypeId};

use super::entitlements::LoweredLimit;
use crate::UniFfiTag;
use crate::model::{GroupType, IdSet, LimitId, Max, Platform};

/// `$own` crosses as `$other`, member by member.
macro_rules! crosses_as {
    ($own:ty as $other:ty) => {
        unsafe impl Lower<UniFfiTag> for $own {
            type FfiType = RustBuffer;

            fn lower(own: Self) -> RustBuffer {
                Self::lower_into_rust_buffer(own)
            }

            fn write(own: Self, buffer: &mut Vec<u8>) {
                let other: $other = own.iter().collect();
                <$other as Lower<UniFfiTag>>::write(other, buffer);
            }
        }

        unsafe impl Lift<UniFfiTag> for $own {
            type FfiType = RustBuffer;

            fn try_lift(buffer: RustBuffer) -> Result<Self> {
                Self::try_lift_from_rust_buffer(buffer)
            }

            fn try_read(buffer: &mut &[u8]) -> Result<Self> {
                let other = <$other as Lift<UniFfiTag>>::try_read(buffer)?;
                Ok(other.into_iter().collect())
            }
        }

        impl TypeId<UniFfiTag> for $own {
            const TYPE_ID_META: MetadataBuffer = <$other as TypeId<UniFfiTag>>::TYPE_ID_META;
        }
    };
}

crosses_as!(IdSet<Platform> as Vec<Platform>);
crosses_as!(IdSet<GroupType> as Vec<GroupType>);

// As `UniFFI` writes a `HashMap`, without making one.
unsafe impl<K, V> Lower<UniFfiTag> for BTreeMap<K, V>
where
    K: Lower<UniFfiTag> + Ord,
    V: Lower<UniFfiTag>,
{
    type FfiType = RustBuffer;

    fn lower(own: Self) -> RustBuffer {
        Self::lower_into_rust_buffer(own)
    }

    fn write(own: Self, buffer: &mut Vec<u8>) {
        // No map has so many entries.
        let len = i32::try_from(own.len()).unwrap_or(i32::MAX);
        <i32 as Lower<UniFfiTag>>::write(len, buffer);
        for (key, value) in own {
            <K as Lower<UniFfiTag>>::write(key, buffer);
            <V as Lower<UniFfiTag>>::write(value, buffer);
        }
    }
}

unsafe impl<K, V> Lift<UniFfiTag> for BTreeMap<K, V>
where
    K: Lift<UniFfiTag> + Ord,
    V: Lift<UniFfiTag>,
{
    type FfiType = RustBuffer;

    fn try_lift(buffer: RustBuffer) -> Result<Self> {
        Self::try_lift_from_rust_buffer(buffer)
    }

    fn try_read(buffer: &mut &[u8]) -> Result<Self> {
        let mut own = Self::new();
        for _ in 0..<i32 as Lift<UniFfiTag>>::try_read(buffer)? {
            let key = <K as Lift<UniFfiTag>>::try_read(buffer)?;
            own.insert(key, <V as Lift<UniFfiTag>>::try_read(buffer)?);
        }
        Ok(own)
    }
}

impl<K, V> TypeId<UniFfiTag> for BTreeMap<K, V>
where
    K: TypeId<UniFfiTag> + Hash + Ord,
    V: TypeId<UniFfiTag>,
    HashMap<K, V>: TypeId<UniFfiTag>,
{
    const TYPE_ID_META: MetadataBuffer = <HashMap<K, V> as TypeId<UniFfiTag>>::TYPE_ID_META;
}

// A pair has no name to cross under.
unsafe impl Lower<UniFfiTag> for (LimitId, Max) {
    type FfiType = RustBuffer;

    fn lower(own: Self) -> RustBuffer {
        Self::lower_into_rust_buffer(own)
    }

    fn write((limit, max): Self, buffer: &mut Vec<u8>) {
        <LoweredLimit as Lower<UniFfiTag>>::write(LoweredLimit { limit, max }, buffer);
    }
}

unsafe impl Lift<UniFfiTag> for (LimitId, Max) {
    type FfiType = RustBuffer;

    fn try_lift(buffer: RustBuffer) -> Result<Self> {
        Self::try_lift_from_rust_buffer(buffer)
    }

    fn try_read(buffer: &mut &[u8]) -> Result<Self> {
        let LoweredLimit { limit, max } = <LoweredLimit as Lift<UniFfiTag>>::try_read(buffer)?;
        Ok((limit, max))
    }
}

impl TypeId<UniFfiTag> for (LimitId, Max) {
    const TYPE_ID_META: MetadataBuffer = <LoweredLimit as TypeId<UniFfiTag>>::TYPE_ID_META;
}
