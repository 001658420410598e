//! The fields of every row that a store keeps.

use std::time::Duration;

use super::many::lists;
use super::values::is_text;
use super::{Mark, Misfit, Read, Reader, Write, Writer, row};
use crate::model::{
    Account, Additions, CatalogId, Ceiling, CeilingOrigin, ClockBehind, Counter, GroupTerms, GroupType,
    HeldBack, HeldSince, Lease, LeaseEnd, LeaseEnded, LoginMemory, NewGroup, Owner, PermitTerms,
    ReportedSuspension, TimeAnswer, TimeRecord, Timestamp, UsageOrigin, UserFacts, Wait,
};
use crate::store::{
    Install, OutboxEntry, Pause, ProcessRole, StoredCatalog, StoredDocument, SyncState, WarningKey,
};

row!(Wait: begun !, length_ms !);
row!(HeldSince: at !, seq !);
row!(Ceiling: max !, origin !);
row!(Counter: base !, as_of !, origin !, added !, reserved !, reserved_until !, ceiling !, group_type !);
row!(Account: counter !, additions !, reported_seq !);
row!(Install: salt !, guest_id !, install_id !);
row!(StoredDocument: body !, content_type !, etag !, revision !, fetched_at !, fresh_for_secs !);
row!(StoredCatalog: id !, body !, content_type !, etag !, fetched_at !, fresh_for_secs !);
row!(ReportedSuspension: at !, wait !, revision !);
row!(Pause: length !, begun !);
row!(TimeRecord: high_water +, offset_ms +, confirmed +, claim +, behind +, changes +);
row!(TimeAnswer: server !, wall !, elapsed !);
row!(ClockBehind: wall !, elapsed !, ran_ms !);
row!(Lease: owner !, fence !, wait !, ended !);
row!(LeaseEnded: end !, at !, elapsed !);
row!(OutboxEntry: seq !, id !, body !);
row!(UserFacts: kicked_off ?, kicks ?, logged_out ?, memory +);
row!(LoginMemory:
    in_a_row ?, person_in_a_row ?, strikes ?, new_user_sig ?, held_back ?, executions ?, loop_reported ?);
row!(PermitTerms: items !, amount ?, group ?, creates ?, asked !, held !, wait !);

lists!(OutboxEntry, (ProcessRole, Owner));

is_text! {
    CatalogId: CatalogId::INTL_2024, |text| text.parse().ok(), |id| id.as_str();
    GroupType: GroupType::Work, |text| text.parse().ok(), |of| of.as_str();
    ProcessRole: Self::App, |text| word(&text, ROLES), |role| role.as_str();
    UsageOrigin: Self::Unknown, |text| word(&text, ORIGINS), |origin| name(ORIGINS, origin);
}

const ROLES: &[(&str, ProcessRole)] = &[("app", ProcessRole::App), ("extension", ProcessRole::Extension)];

const ORIGINS: &[(&str, UsageOrigin)] = &[
    ("unknown", UsageOrigin::Unknown),
    ("counted", UsageOrigin::Counted),
    ("observed", UsageOrigin::Observed),
    ("endpoint", UsageOrigin::Endpoint),
    ("inferred", UsageOrigin::Inferred),
];

fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Option<T> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value)
}

fn name<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}

impl Read for Additions {
    fn blank() -> Self {
        Self::default()
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        let mut entries: Vec<(Timestamp, i64)> = Vec::new();
        entries.read(from)?;
        *self = Self::kept(entries);
        Ok(())
    }
}

impl Write for Additions {
    fn write(&self, to: &mut Writer) {
        self.iter().collect::<Vec<_>>().write(to);
    }
}

impl Read for CeilingOrigin {
    fn blank() -> Self {
        Self::Group
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        if from.is("\"group\"") {
            *self = Self::Group;
            return Ok(());
        }
        let mut revision = 0_u64;
        from.tagged(&mut |name, from| match name {
            "inferred" => from.row(&mut [("revision", Mark::Always, &mut revision)]),
            _ => Reader::misfit(),
        })?;
        *self = Self::Inferred { revision };
        Ok(())
    }
}

/// The fields of a value that says by a name which they are.
struct Fields<'a>(&'a [super::write::From<'a>]);

impl Write for Fields<'_> {
    fn write(&self, to: &mut Writer) {
        to.row(self.0);
    }
}

impl Write for CeilingOrigin {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Group => to.text("group"),
            Self::Inferred { revision } => {
                to.tagged("inferred", &Fields(&[("revision", Mark::Always, revision)]));
            }
        }
    }
}

impl Read for LeaseEnd {
    fn blank() -> Self {
        Self::Abandoned
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        if from.is("\"Succeeded\"") {
            *self = Self::Succeeded;
        } else if from.is("\"Abandoned\"") {
            *self = Self::Abandoned;
        } else {
            let mut code = 0_i32;
            from.tagged(&mut |name, from| match name {
                "Failed" => code.read(from),
                _ => Reader::misfit(),
            })?;
            *self = Self::Failed(code);
        }
        Ok(())
    }
}

impl Write for LeaseEnd {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Succeeded => to.text("Succeeded"),
            Self::Abandoned => to.text("Abandoned"),
            Self::Failed(code) => to.tagged("Failed", code),
        }
    }
}

impl Read for HeldBack {
    fn blank() -> Self {
        Self::CredentialRefused { code: 0 }
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        use Mark::Always;
        let (mut code, mut wait, mut person, mut plan_revision) = (0, Wait::blank(), None::<Wait>, None);
        let (mut by_provider, mut users_full, mut month, mut day) = (false, false, None, None);
        from.tagged(&mut |name, from| {
            let code_field: super::read::Into<'_> = ("code", Always, &mut code);
            match name {
                "backing_off" => {
                    from.row(&mut [
                        code_field,
                        ("wait", Always, &mut wait),
                        ("person", Always, &mut person),
                        ("by_provider", Always, &mut by_provider),
                        ("plan_revision", Always, &mut plan_revision),
                    ])?;
                    *self = Self::BackingOff { code, wait, person, by_provider, plan_revision };
                }
                "refused" => {
                    from.row(&mut [
                        code_field,
                        ("users_full", Always, &mut users_full),
                        ("wait", Always, &mut wait),
                        ("plan_revision", Always, &mut plan_revision),
                    ])?;
                    *self = Self::Refused { code, users_full, wait, plan_revision };
                }
                "credential_refused" => {
                    from.row(&mut [code_field])?;
                    *self = Self::CredentialRefused { code };
                }
                "quota_refused" => {
                    from.row(&mut [
                        code_field,
                        ("month", Always, &mut month),
                        ("day", Always, &mut day),
                        ("plan_revision", Always, &mut plan_revision),
                    ])?;
                    *self = Self::QuotaRefused { code, month, day, plan_revision };
                }
                _ => return Reader::misfit(),
            }
            Ok(())
        })
    }
}

impl Write for HeldBack {
    fn write(&self, to: &mut Writer) {
        use Mark::Always;
        match self {
            Self::BackingOff { code, wait, person, by_provider, plan_revision } => to.tagged(
                "backing_off",
                &Fields(&[
                    ("code", Always, code),
                    ("wait", Always, wait),
                    ("person", Always, person),
                    ("by_provider", Always, by_provider),
                    ("plan_revision", Always, plan_revision),
                ]),
            ),
            Self::Refused { code, users_full, wait, plan_revision } => to.tagged(
                "refused",
                &Fields(&[
                    ("code", Always, code),
                    ("users_full", Always, users_full),
                    ("wait", Always, wait),
                    ("plan_revision", Always, plan_revision),
                ]),
            ),
            Self::CredentialRefused { code } => {
                to.tagged("credential_refused", &Fields(&[("code", Always, code)]));
            }
            Self::QuotaRefused { code, month, day, plan_revision } => to.tagged(
                "quota_refused",
                &Fields(&[
                    ("code", Always, code),
                    ("month", Always, month),
                    ("day", Always, day),
                    ("plan_revision", Always, plan_revision),
                ]),
            ),
        }
    }
}

/// Rows that are lists, each value in its place.
macro_rules! tuple {
    ($type:ty: $($field:ident),+) => {
        impl Read for $type {
            fn blank() -> Self {
                Self { $($field: Read::blank()),+ }
            }

            fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
                from.tuple(&mut [$(&mut self.$field),+])
            }
        }

        impl Write for $type {
            fn write(&self, to: &mut Writer) {
                to.list(&mut [$(&self.$field as &dyn Write),+].into_iter());
            }
        }
    };
}

tuple!(GroupTerms: members, group_type, own_max);
tuple!(NewGroup: group_type, members);
tuple!(WarningKey: counter, threshold);

impl Read for SyncState {
    fn blank() -> Self {
        Self::default()
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        let mut not_before: Option<Timestamp> = None;
        from.row(&mut [
            ("pause", Mark::Always, &mut self.pause),
            // The first schema kept the end of a pause only.
            ("not_before", Mark::Always, &mut not_before),
            ("failures", Mark::Always, &mut self.failures),
            ("refused_credential", Mark::Always, &mut self.refused_credential),
            ("credential_pause", Mark::AtTimes, &mut self.credential_pause),
            ("events_pause", Mark::AtTimes, &mut self.events_pause),
            ("events_failures", Mark::AtTimes, &mut self.events_failures),
        ])?;
        self.pause = self.pause.or_else(|| not_before.map(Pause::until));
        Ok(())
    }
}

impl Write for SyncState {
    fn write(&self, to: &mut Writer) {
        to.row(&[
            ("pause", Mark::Always, &self.pause),
            ("failures", Mark::Always, &self.failures),
            ("refused_credential", Mark::Always, &self.refused_credential),
            ("credential_pause", Mark::AtTimes, &self.credential_pause),
            ("events_pause", Mark::AtTimes, &self.events_pause),
            ("events_failures", Mark::AtTimes, &self.events_failures),
        ]);
    }
}

/// Nanoseconds in a second.
const SECOND: u32 = 1_000_000_000;

impl Read for Duration {
    fn blank() -> Self {
        Self::ZERO
    }

    fn read(&mut self, from: Reader<'_>) -> Result<(), Misfit> {
        let (mut secs, mut nanos) = (0_u64, 0_u32);
        from.row(&mut [("secs", Mark::Always, &mut secs), ("nanos", Mark::Always, &mut nanos)])?;
        if nanos >= SECOND {
            return Reader::misfit();
        }
        *self = Self::new(secs, nanos);
        Ok(())
    }
}

impl Write for Duration {
    fn write(&self, to: &mut Writer) {
        let (secs, nanos) = (self.as_secs(), self.subsec_nanos());
        to.row(&[("secs", Mark::Always, &secs), ("nanos", Mark::Always, &nanos)]);
    }
}
