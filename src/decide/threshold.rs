//! Which warning thresholds a change of usage reaches, and which it arms again.

use arrayvec::ArrayVec;

use crate::model::{DecisionPolicy, Max};

/// Thresholds, in percent of a limit. More than this many are cut off; nobody wants to be warned that often.
pub type Thresholds = ArrayVec<u8, 16>;

/// How much of a limit is used, at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// What is used.
    pub used: u64,
    /// What the limit allows. Unlimited and zero limits have no thresholds.
    pub max: Max,
}

impl Level {
    fn reaches(self, percent: u8) -> bool {
        match self.max {
            Max::Of(max @ 1..) => u128::from(self.used) * 100 >= u128::from(max) * u128::from(percent),
            _ => false,
        }
    }

    /// Whether usage lies so far below the threshold that reaching it is worth a warning.
    fn arms(self, threshold: u8, hysteresis: u8) -> bool {
        self.used == 0 || !self.reaches(threshold.saturating_sub(hysteresis))
    }
}

/// What a change of one counter, or of its limit, means for its warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThresholdStep {
    /// Reached by this change: warn, unless that was done before in this period.
    pub reached: Thresholds,
    /// Usage has fallen far enough below these: the next time they are reached is worth a warning again.
    pub rearm: Thresholds,
}

impl ThresholdStep {
    /// The one warning that is worth showing when several thresholds were passed at once.
    pub fn highest(&self) -> Option<u8> {
        self.reached.iter().copied().max()
    }
}

/// Compares usage before and after a change with the thresholds of `policy`.
///
/// A threshold is reached when usage is at or above it, and armed again once usage is more than the hysteresis
/// below it, so that a counter which hovers around a threshold does not warn again and again.
pub fn step(before: u64, after: u64, max: Max, policy: &DecisionPolicy) -> ThresholdStep {
    crossings(Level { used: before, max }, Level { used: after, max }, policy)
}

/// Like [`step`], for a change in which the limit may change too: a plan that was upgraded arms warnings again,
/// and one that shrank reaches thresholds without any new usage.
pub fn crossings(before: Level, after: Level, policy: &DecisionPolicy) -> ThresholdStep {
    let mut out = ThresholdStep::default();
    for &threshold in policy.thresholds.iter().take(out.reached.capacity()) {
        if after.reaches(threshold) && !before.reaches(threshold) {
            out.reached.push(threshold);
        }
        if after.arms(threshold, policy.hysteresis) && !before.arms(threshold, policy.hysteresis) {
            out.rearm.push(threshold);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hovering_at_a_threshold_arms_nothing() {
        let policy = DecisionPolicy::default();
        assert_eq!(step(79, 80, Max::Of(100), &policy).reached.as_slice(), [80]);
        assert_eq!(step(80, 79, Max::Of(100), &policy), ThresholdStep::default());
        assert_eq!(step(75, 74, Max::Of(100), &policy).rearm.as_slice(), [80]);
    }

    #[test]
    fn unlimited_and_zero_have_no_thresholds() {
        let policy = DecisionPolicy::default();
        assert_eq!(step(0, u64::MAX, Max::Unlimited, &policy), ThresholdStep::default());
        assert_eq!(step(0, 5, Max::Of(0), &policy), ThresholdStep::default());
        assert_eq!(step(0, u64::MAX, Max::Of(u64::MAX), &policy).reached.as_slice(), [80, 95, 100]);
    }

    fn cross(before: Level, after: Level) -> (Vec<u8>, Vec<u8>) {
        let step = crossings(before, after, &DecisionPolicy::default());
        (step.reached.to_vec(), step.rearm.to_vec())
    }

    fn of(max: u64, used: u64) -> Level {
        Level { used, max: Max::Of(max) }
    }

    #[test]
    fn thresholds_are_reached_at_their_exact_share() {
        // 16 of 20 are 80 %, 19 are 95 %.
        assert_eq!(cross(of(20, 14), of(20, 15)), (vec![], vec![]));
        assert_eq!(cross(of(20, 15), of(20, 16)), (vec![80], vec![]));
        assert_eq!(cross(of(20, 16), of(20, 18)), (vec![], vec![]));
        let all = step(0, 20, Max::Of(20), &DecisionPolicy::default());
        assert_eq!((all.reached.as_slice(), all.highest()), ([80, 95, 100].as_slice(), Some(100)));
    }

    #[test]
    fn to_and_fro_within_the_hysteresis_warns_once() {
        let (mut warned, mut armed) = (0, true);
        let mut level = of(100, 79);
        for used in [80, 79, 80, 78, 81, 75, 80] {
            let next = of(100, used);
            let (reached, rearmed) = cross(level, next);
            armed |= rearmed.contains(&80);
            if reached.contains(&80) && armed {
                warned += 1;
                armed = false;
            }
            level = next;
        }
        assert_eq!(warned, 1);
    }

    #[test]
    fn a_raised_limit_arms_and_a_lowered_one_reaches() {
        assert_eq!(cross(of(500, 480), of(1000, 480)), (vec![], vec![80, 95, 100]));
        assert_eq!(cross(of(1000, 480), of(500, 480)), (vec![80, 95], vec![]));
        let unlimited = Level { used: 480, max: Max::Unlimited };
        assert_eq!(cross(of(500, 480), unlimited), (vec![], vec![80, 95, 100]));
    }

    #[test]
    fn a_hysteresis_wider_than_the_threshold_arms_at_zero() {
        let wide = DecisionPolicy { hysteresis: 200, thresholds: vec![50], ..DecisionPolicy::default() };
        assert!(step(5, 1, Max::Of(10), &wide).rearm.is_empty());
        assert_eq!(step(1, 0, Max::Of(10), &wide).rearm.as_slice(), [50]);
    }
}
