//! Ways out of a denial as JSON.

use serde::ser::{Serialize, Serializer};

use super::{kind, ms, opt_ms};
use crate::model::ServiceId;
use crate::model::{LimitId, Max, Remedy};

/// A limit that a move lowers.
#[derive(serde::Serialize)]
struct Lowered {
    limit: LimitId,
    max: Max,
}

impl Serialize for Remedy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = kind(serializer, self.as_str())?;
        match self {
            Self::ChangeEdition {
                catalog,
                to,
                path,
                extra_per_month,
                limit,
                raises_to,
                loses_features,
                lowers_limits,
                needs_application,
                needs_service,
                service_per_month,
                drops_services,
                saves_per_month,
                not_before,
            } => {
                let drops: Vec<&str> = drops_services.iter().map(ServiceId::as_str).collect();
                let lowers: Vec<Lowered> =
                    lowers_limits.iter().map(|&(limit, max)| Lowered { limit, max }).collect();
                fields
                    .put("catalog", catalog.as_str())?
                    .put("edition", to.as_str())?
                    .put("path", path)?
                    .put("extra_per_month", extra_per_month)?
                    .put("limit", limit)?
                    .put("raises_to", raises_to)?
                    .put("loses_features", loses_features)?
                    .put("lowers_limits", &lowers)?
                    .put("needs_application", needs_application)?
                    .put("needs_service", &needs_service.as_ref().map(ServiceId::as_str))?
                    .put("service_per_month", service_per_month)?
                    .put("drops_services", &drops)?
                    .put("saves_per_month", saves_per_month)?
                    .put("not_before_ms", &opt_ms(*not_before))?
            }
            Self::BuyService { service, tier, price_per_month, for_days, limit, raises_to, not_before } => {
                fields
                    .put("service", service.as_str())?
                    .put("tier", tier)?
                    .put("price_per_month", price_per_month)?
                    .put("for_days", for_days)?
                    .put("limit", limit)?
                    .put("raises_to", raises_to)?
                    .put("not_before_ms", &opt_ms(*not_before))?
            }
            Self::PayOverage { limit, price, per } => {
                fields.put("limit", limit)?.put("price", price)?.put("per", per)?
            }
            Self::Renew { price_per_month } => fields.put("price_per_month", price_per_month)?,
            Self::Purchase { edition, price_per_month } => {
                fields.put("edition", edition.as_str())?.put("price_per_month", price_per_month)?
            }
            Self::DissolveGroups { count } => fields.put("count", count)?,
            Self::Remove { limit, count } => fields.put("limit", limit)?.put("count", count)?,
            Self::Reduce { limit, to } => fields.put("limit", limit)?.put("to", to)?,
            Self::WaitUntil(at) => fields.put("until_ms", &ms(*at))?,
            Self::Apply { feature, waiting_hours } => {
                fields.put("feature", feature)?.put("waiting_hours", waiting_hours)?
            }
            Self::SwitchOn { feature } => fields.put("feature", feature)?,
            Self::RaiseGroupMaximum { up_to } => fields.put("up_to", up_to)?,
            Self::PayArrears
            | Self::ExtendTrial
            | Self::Sync
            | Self::CreateNewApp
            | Self::ContactProvider => fields,
        }
        .end()
    }
}
