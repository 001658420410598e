//! Which warning thresholds a change of usage reaches, and which it arms again.

use arrayvec::ArrayVec;

use crate::model::{DecisionPolicy, Max};

/// Thresholds, in percent of a limit. More than this many are cut off; nobody wants to be warned that often.
pub type Thresholds = ArrayVec<u8, 16>;

/// What a change of one counter means for its warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThresholdStep {
    /// Reached by this change: warn, unless that was done before in this period.
    pub reached: Thresholds,
    /// Usage has fallen far enough below these: the next time they are reached is worth a warning again.
    pub rearm: Thresholds,
}

/// Compares usage before and after a change with the thresholds of `policy`.
///
/// A threshold is reached when usage is at or above it, and armed again once usage is more than the hysteresis
/// below it, so that a counter which hovers around a threshold does not warn again and again. Unlimited and zero
/// limits have no thresholds.
///
/// ```
/// use planguard::decide::threshold::step;
/// use planguard::{DecisionPolicy, Max};
/// let policy = DecisionPolicy::default(); // 80, 95, 100 percent; hysteresis 5
/// assert_eq!(step(79, 96, Max::Of(100), &policy).reached.as_slice(), [80, 95]);
/// assert!(step(96, 91, Max::Of(100), &policy).rearm.is_empty()); // 95 is not armed until below 90
/// assert_eq!(step(91, 89, Max::Of(100), &policy).rearm.as_slice(), [95]);
/// ```
pub fn step(before: u64, after: u64, max: Max, policy: &DecisionPolicy) -> ThresholdStep {
    let Max::Of(max @ 1..) = max else { return ThresholdStep::default() };
    let reaches = |used: u64, percent: u8| u128::from(used) * 100 >= u128::from(max) * u128::from(percent);
    let mut out = ThresholdStep::default();
    for &threshold in policy.thresholds.iter().take(out.reached.capacity()) {
        if reaches(after, threshold) && !reaches(before, threshold) {
            out.reached.push(threshold);
        }
        let armed_below = threshold.saturating_sub(policy.hysteresis);
        if !reaches(after, armed_below) && reaches(before, armed_below) {
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
}
