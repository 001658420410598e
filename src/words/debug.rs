//! Short `Debug` of answers, for engineers: without the entitlements, and without pseudonyms of users and groups.

use std::fmt;

use crate::model::{
    Assessment, Entitlements, FeatureAssessment, FeatureDecision, LimitCheck, LimitUse, Max, Subject,
    Verdict, VerdictReason,
};

/// `Debug` of what it holds on one line, also inside of `{:#?}`.
struct Line<T>(T);

impl<T: fmt::Debug> fmt::Debug for Line<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// `Display` of what it holds, without quotation marks.
struct Plain<T>(T);

impl<T: fmt::Display> fmt::Debug for Plain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The plan by its ids: `intl-2024/standard, revision 7`.
struct Plan<'a>(&'a Entitlements);

impl fmt::Debug for Plan<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(entitlements) = self;
        match (&entitlements.catalog, &entitlements.edition) {
            (Some(catalog), Some(edition)) => write!(f, "{}/{}", catalog.as_str(), edition.as_str())?,
            (Some(catalog), None) => write!(f, "{}", catalog.as_str())?,
            _ => f.write_str("unknown")?,
        }
        match entitlements.document {
            Some(_) => write!(f, ", revision {}", entitlements.revision()),
            None => Ok(()),
        }
    }
}

/// How many checks are printed: the tightest.
const SHOWN: usize = 4;

/// The tightest checks, one a line.
struct Checks<'a>(&'a [LimitCheck]);

impl fmt::Debug for Checks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shown, rest) = self.0.split_at(self.0.len().min(SHOWN));
        let mut list = f.debug_list();
        list.entries(shown.iter().map(Line));
        if !rest.is_empty() {
            list.entry(&Plain(format!("{} more", rest.len())));
        }
        list.finish()
    }
}

/// On one line: `members_per_group of a group: 153 + 0 of 200, 60 asked, 47 fit, Exceeds, Enforce, Catalog, Counted`.
impl fmt::Debug for LimitCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let evidence = &self.evidence;
        let whose = match self.subject {
            Subject::App => "the app",
            Subject::User(_) => "a user",
            Subject::Group(_) => "a group",
        };
        let max = evidence.max.map_or_else(|| "unknown".to_owned(), |max: Max| max.to_string());
        write!(
            f,
            "{} of {whose}: {} + {} of {max}, {} asked, {} fit, {:?}, {:?}, {:?}, {:?}",
            self.limit.as_str(),
            evidence.used,
            evidence.reserved,
            self.requested,
            self.fits,
            self.status,
            self.enforcement,
            evidence.authority,
            evidence.usage_origin,
        )?;
        match self.resets_at {
            Some(at) => write!(f, ", again at {at}"),
            None => Ok(()),
        }
    }
}

/// Without the entitlements but for the plan's name.
impl fmt::Debug for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason: &VerdictReason = &self.reason;
        f.debug_struct("Assessment")
            .field("decision", &self.decision)
            .field("reason", &Line(reason))
            .field("checks", &Checks(&self.checks))
            .field("plan", &Plan(&self.entitlements))
            .field("at", &Plain(self.at))
            .finish()
    }
}

/// Without the entitlements but for the plan's name.
impl fmt::Debug for FeatureAssessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeatureAssessment")
            .field("feature", &Plain(self.feature))
            .field("granted", &self.granted)
            .field("reason", &Line(&self.reason))
            .field("support", &Line(self.evidence.support))
            .field("authority", &self.evidence.authority)
            .field("stale", &self.evidence.stale)
            .field("plan", &Plan(&self.entitlements))
            .field("at", &Plain(self.at))
            .finish()
    }
}

/// On one line: `members_per_group: 153 + 0 of 200, 60 asked, 47 fit`; `at least 153` where it was never reported.
impl fmt::Debug for LimitUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = if self.used.is_some() { "" } else { "at least " };
        let max = self.max.map_or_else(|| "unknown".to_owned(), |max: Max| max.to_string());
        let Self { limit, at_least, reserved, requested, fits, .. } = self;
        write!(
            f,
            "{}: {least}{at_least} + {reserved} of {max}, {requested} asked, {fits} fit",
            limit.as_str()
        )
    }
}

impl fmt::Debug for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verdict")
            .field("decision", &self.decision)
            .field("reason", &Line(self.reason))
            .field("tightest", &Line(self.tightest))
            .field("stale", &self.stale)
            .field("confirmed", &self.confirmed)
            .finish()
    }
}

impl fmt::Debug for FeatureDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FeatureDecision")
            .field("feature", &Plain(self.feature))
            .field("granted", &self.granted)
            .field("reason", &Line(self.reason))
            .field("stale", &self.stale)
            .field("confirmed", &self.confirmed)
            .finish()
    }
}
