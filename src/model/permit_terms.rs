//! What a permit counts once its action has succeeded.

use std::time::Duration;

use super::counter::{Ceiling, CeilingOrigin, CounterOp, HeldSince};
use super::counter_key::CounterKey;
use super::feature::GroupType;
use super::instant::Timestamp;
use super::moment::Wait;

/// What a permit counts once its action has succeeded. It is kept in the store beside the room, and longer than it, so
/// that a permit can be finished by its id: after a crash, or by another process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PermitTerms {
    /// The counters the action changes, and by how much.
    pub items: Vec<(CounterKey, i64)>,
    /// Which of `items` is the number the action names (members added, messages pushed), of which less may happen.
    pub amount: Option<usize>,
    /// The group the action is about.
    pub group: Option<GroupTerms>,
    /// The group that the action makes, which has no id yet.
    pub creates: Option<NewGroup>,
    /// When the room was asked for, in trusted time.
    pub asked: Timestamp,
    /// Since when the room was held, on the store's own line.
    pub held: HeldSince,
    /// For how long.
    pub wait: Wait,
}

/// What an action tells of the group it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupTerms {
    /// The counter of its members.
    pub members: CounterKey,
    /// Its type.
    pub group_type: GroupType,
    /// The maximum it has been given.
    pub own_max: Option<u64>,
}

/// A group that an action makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// Its type.
    pub group_type: GroupType,
    /// Its members, the owner included.
    pub members: u64,
}

impl GroupTerms {
    /// What these terms change besides counts.
    pub fn ops(&self) -> impl Iterator<Item = CounterOp> {
        let Self { members: key, group_type, own_max } = *self;
        let ceiling = own_max.map(|max| Ceiling { max, origin: CeilingOrigin::Group });
        let ceiling = ceiling.map(|ceiling| CounterOp::Ceiling { key, ceiling: Some(ceiling) });
        std::iter::once(CounterOp::GroupType { key, group_type }).chain(ceiling)
    }
}

impl PermitTerms {
    /// The longest time that a permit holds its room: an action that takes longer is not under way any more.
    pub const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

    /// What is counted when all of it happened, or `amount` of the number that the action names; nothing of an action
    /// of which nothing happened.
    pub fn counted(&self, amount: Option<u64>) -> Vec<(CounterKey, i64)> {
        let Some(amount) = amount else { return self.items.clone() };
        if amount == 0 {
            return Vec::new();
        }
        let mut items = self.items.clone();
        if let Some((_, asked)) = self.amount.and_then(|named| items.get_mut(named)) {
            let amount = i64::try_from(amount).unwrap_or(i64::MAX);
            *asked = if *asked < 0 { -amount } else { amount };
        }
        items
    }

    /// Time was corrected to `now`: nothing was asked for or held later than that.
    pub fn clamp(&mut self, now: Timestamp) {
        self.asked = self.asked.min(now);
        self.held.at = self.held.at.min(now);
    }

    /// What the action changes besides counts. `created` is the counter of the members of the group that was made, as
    /// far as its id is known now.
    pub fn effects(&self, created: Option<CounterKey>) -> Vec<CounterOp> {
        let of_group = self.group.iter().flat_map(GroupTerms::ops);
        let made = created.zip(self.creates).into_iter().flat_map(|(key, group)| {
            [
                CounterOp::GroupType { key, group_type: group.group_type },
                CounterOp::Start { key, value: group.members, at: self.asked },
            ]
        });
        of_group.chain(made).collect()
    }
}
