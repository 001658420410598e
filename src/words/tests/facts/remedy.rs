//! What a text on a remedy must say.

use super::super::told::Told;
use super::{Facts, Voice, count, edition, feature, max, moment, price, service};
use crate::model::*;

fn raised(limit: Option<LimitId>, to: Option<Max>, voice: Voice<'_>) -> Facts {
    match (limit, to) {
        (Some(limit), Some(to)) => quota(limit, to, voice),
        (_, to) => max(to),
    }
}

/// A limit by its name, and its figure.
fn quota(limit: LimitId, to: Max, voice: Voice<'_>) -> Facts {
    let name = match (to, voice.locale) {
        // One member, not one members.
        (Max::Of(1), Locale::En) => Facts::none(),
        _ => Facts::must(limit.name(voice.locale)),
    };
    max(Some(to)).and(name)
}

impl Told for Remedy {
    fn in_line(&self) -> Facts {
        match self {
            Self::ChangeEdition { loses_features, lowers_limits, drops_services, .. } => {
                let counts = [loses_features.len(), lowers_limits.len(), drops_services.len()];
                Facts::all(counts.map(|many| count(many as u64)))
            }
            _ => Facts::none(),
        }
    }

    fn facts(&self, voice: Voice<'_>) -> Facts {
        let from = |at: &Option<Timestamp>| at.map_or(Facts::none(), |at| moment(at, voice));
        match self {
            Self::ChangeEdition {
                to,
                extra_per_month,
                limit,
                raises_to,
                loses_features,
                lowers_limits,
                needs_service,
                service_per_month,
                drops_services,
                saves_per_month,
                not_before,
                ..
            } => edition(*to, voice)
                .and(price(*extra_per_month, voice))
                .and(raised(*limit, *raises_to, voice))
                .and(Facts::all(loses_features.iter().map(|name| feature(*name, voice))))
                .and(Facts::all(lowers_limits.iter().map(|(limit, max)| quota(*limit, *max, voice))))
                .and(
                    needs_service
                        .map_or(Facts::none(), |id| service(id, voice).and(price(*service_per_month, voice))),
                )
                .and(Facts::all(drops_services.iter().map(|id| service(*id, voice))))
                .and(if drops_services.is_empty() { Facts::none() } else { price(*saves_per_month, voice) })
                .and(from(not_before)),
            Self::BuyService {
                service: id,
                tier,
                price_per_month,
                for_days,
                limit,
                raises_to,
                not_before,
            } => {
                let tier = match tier.as_deref() {
                    Some("30") => count(30_u8),
                    Some("one_to_one") => Facts::must(match voice.locale {
                        Locale::En => "1-to-1 Call",
                        Locale::ZhHans => "1v1 通话版",
                    }),
                    _ => Facts::none(),
                };
                service(*id, voice)
                    .and(tier)
                    .and(price(*price_per_month, voice))
                    .and(for_days.map_or(Facts::none(), count))
                    .and(raised(*limit, *raises_to, voice))
                    .and(from(not_before))
            }
            Self::PayOverage { price: of_block, per, .. } => {
                let per = if of_block.is_some() && *per > 1 { count(*per) } else { Facts::none() };
                let of_block = of_block.map_or(Facts::none(), |money| {
                    let named = price(Some(money), voice);
                    if named.must.is_empty() { Facts::may("0") } else { named }
                });
                per.and(of_block)
            }
            Self::Renew { price_per_month } => price(*price_per_month, voice),
            Self::Purchase { edition: id, price_per_month } => {
                edition(*id, voice).and(price(*price_per_month, voice))
            }
            Self::DissolveGroups { count: groups } => count(*groups),
            Self::Remove { count: how_many, .. } => count(*how_many),
            Self::Reduce { to, .. } => count(*to),
            Self::WaitUntil(at) => moment(*at, voice),
            Self::Apply { feature: name, waiting_hours } => {
                feature(*name, voice).and(waiting_hours.map_or(Facts::none(), count))
            }
            Self::SwitchOn { feature: name } => feature(*name, voice),
            Self::RaiseGroupMaximum { up_to } => max(Some(*up_to)),
            Self::PayArrears
            | Self::ExtendTrial
            | Self::Sync
            | Self::CreateNewApp
            | Self::ContactProvider => Facts::none(),
        }
    }
}
