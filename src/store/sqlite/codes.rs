//! The numbers by which the file names limits, origins and group types. They never change; a number that only a newer
//! build knows is passed over.

use rusqlite::types::FromSqlError;

use crate::model::{GroupType, LimitId, UsageOrigin};

macro_rules! codes {
    ($type:ident, $code:ident, $of:ident: $($variant:ident = $number:literal,)+) => {
        /// The number of a value.
        pub(super) const fn $code(value: $type) -> i64 {
            match value {
                $($type::$variant => $number,)+
            }
        }

        /// The value of a number; `None` for one that this build does not know.
        pub(super) const fn $of(number: i64) -> Option<$type> {
            match number {
                $($number => Some($type::$variant),)+
                _ => None,
            }
        }
    };
}

codes! { LimitId, limit_code, limit_of:
    MaxUsers = 1,
    FriendsPerUser = 2,
    GroupsPerUser = 3,
    MembersPerGroup = 4,
    NonAvGroups = 5,
    AvGroups = 6,
    NetNewGroupsPerDay = 7,
    HistoryRetentionDays = 8,
    FreeMau = 9,
    FreeDau = 10,
    FreePeakGroups = 11,
    Communities = 12,
    RecentContactsPull = 13,
    OnlineBroadcastRooms = 14,
    PushCallsPerDay = 15,
    PushMessagesPerMonth = 16,
    SearchMessagesStored = 17,
    SearchRequestsPerMonth = 18,
}

codes! { GroupType, group_type_code, group_type_of:
    Work = 1,
    Public = 2,
    Meeting = 3,
    AvChatRoom = 4,
    Community = 5,
}

/// The number of an origin.
pub(super) const fn origin_code(origin: UsageOrigin) -> i64 {
    match origin {
        // Unknown is what is counted without a start; the value tells which it is.
        UsageOrigin::Counted | UsageOrigin::Unknown => 0,
        UsageOrigin::Observed => 1,
        UsageOrigin::Endpoint => 2,
        UsageOrigin::Inferred => 3,
    }
}

/// The origin of a number.
pub(super) const fn origin_of(number: i64) -> Result<UsageOrigin, FromSqlError> {
    match number {
        0 => Ok(UsageOrigin::Counted),
        1 => Ok(UsageOrigin::Observed),
        2 => Ok(UsageOrigin::Endpoint),
        3 => Ok(UsageOrigin::Inferred),
        _ => Err(FromSqlError::InvalidType),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_a_number_of_its_own() {
        for &limit in LimitId::ALL {
            assert_eq!(limit_of(limit_code(limit)), Some(limit));
        }
        for &group_type in GroupType::ALL {
            assert_eq!(group_type_of(group_type_code(group_type)), Some(group_type));
        }
        for origin in
            [UsageOrigin::Counted, UsageOrigin::Observed, UsageOrigin::Endpoint, UsageOrigin::Inferred]
        {
            assert_eq!(origin_of(origin_code(origin)).unwrap(), origin);
        }
        assert!(limit_of(99).is_none() && group_type_of(99).is_none() && origin_of(99).is_err());
    }
}
