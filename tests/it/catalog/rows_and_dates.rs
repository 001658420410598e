//! Prices, dates and rows of the documents themselves, read by machine; see [`super::documents`].

use std::collections::BTreeSet;

use planguard::catalog::{Effect, Source};
use planguard::{Catalog, CatalogId, EditionId, LimitId, Max, ServiceId};
use rust_decimal::Decimal;

use super::builtin;
use super::documents::{document, number, plain};

/// Every amount before one of the currency's names.
fn amounts(text: &str) -> BTreeSet<Decimal> {
    let mut found = BTreeSet::new();
    for name in ["USD", "美元"] {
        let parts: Vec<&str> = text.split(name).collect();
        for part in &parts[..parts.len() - 1] {
            let reversed: String = part
                .trim_end()
                .chars()
                .rev()
                .take_while(|c| c.is_ascii_digit() || *c == '.')
                .collect::<Vec<_>>()
                .into_iter()
                .rev()
                .collect();
            found.insert(reversed.parse::<Decimal>().unwrap().normalize());
        }
    }
    found.remove(&Decimal::ZERO);
    found
}

fn catalog_amounts(catalog: &Catalog) -> BTreeSet<Decimal> {
    let fees = catalog.editions.iter().filter_map(|edition| edition.price_per_month);
    let overage = catalog
        .editions
        .iter()
        .flat_map(planguard::catalog::Edition::overages)
        .filter_map(|(_, overage)| overage.rate.as_ref().map(|rate| rate.price));
    let rows = catalog.services.iter().flat_map(|service| service.prices.iter()).filter_map(|row| row.price);
    let metered =
        catalog.services.iter().flat_map(|service| service.effects.iter()).filter_map(
            |effect| match effect {
                Effect::MeteredAllowance { overage, .. } => Some(overage.price),
                _ => None,
            },
        );
    fees.chain(overage)
        .chain(rows)
        .chain(metered)
        .filter(|price| !price.is_zero())
        .map(|p| p.normalize())
        .collect()
}

#[test]
fn every_amount_of_the_documents_is_in_the_catalog_and_no_other() {
    for (number, id) in [
        ("000", CatalogId::INTL_2022),
        ("004", CatalogId::INTL_2022),
        ("001", CatalogId::INTL_2024),
        ("002", CatalogId::INTL_2024),
    ] {
        let Some(text) = document(number) else { return };
        assert_eq!(amounts(&text), catalog_amounts(builtin(id)), "{number}");
    }
}

#[test]
fn the_service_price_table_of_2022() {
    let Some(text) = document("004") else { return };
    let services = [
        ("Setting the number", ServiceId::UNLIMITED_AV_GROUPS, None),
        ("Increasing the maximum members", ServiceId::MEMBERS_PER_GROUP, Some(LimitId::MembersPerGroup)),
        ("Increasing the maximum groups", ServiceId::GROUPS_PER_USER, Some(LimitId::GroupsPerUser)),
        ("Extending the retention", ServiceId::HISTORY_RETENTION, Some(LimitId::HistoryRetentionDays)),
    ];
    let catalog = builtin(CatalogId::INTL_2022);
    for (label, id, limit) in services {
        let row = text.split("<tr>").find(|row| row.contains(&format!("<td>{label}"))).unwrap();
        let cells: Vec<&str> = row.split("<td").skip(1).map(|cell| cell.split_once('>').unwrap().1).collect();
        let service = catalog.service(id).unwrap();
        for (edition, cell) in
            [EditionId::PRO, EditionId::ULTIMATE].into_iter().zip(&cells[cells.len() - 2..])
        {
            let cell = cell.split("</td>").next().unwrap();
            let offers: Vec<&str> = cell.split("<br>").filter(|offer| *offer != "-").collect();
            assert_eq!(service.prices.iter().filter(|row| row.edition == edition).count(), offers.len());
            for offer in offers {
                let (what, price) = offer.split_once(": ").unwrap_or(("", offer));
                let to = number(&plain(what));
                let tier = to.filter(|_| !service.tiers.is_empty()).map(|days| days.to_string());
                let row = service.price(edition, tier.as_deref()).unwrap();
                assert_eq!(
                    amounts(price),
                    BTreeSet::from([row.price.unwrap()]),
                    "{id} of {edition}: {offer}"
                );
                if let (Some(limit), Some(to)) = (limit, to) {
                    assert_eq!(service.raises(edition, tier.as_deref(), limit), Some(Max::Of(to)), "{offer}");
                }
            }
        }
    }
}

/// Every "Last updated" line, in the order of the documents, is the date and time of a source, and no other is.
#[test]
fn the_dates_of_the_documents() {
    for (seed, id, marker) in [
        ("000", CatalogId::INTL_2022, "Last updated : "),
        ("001", CatalogId::INTL_2024, "Last updated : "),
        ("002", CatalogId::INTL_2024, "最近更新时间："),
        ("003", CatalogId::CN_DAU, "最近更新时间："),
        ("004", CatalogId::INTL_2022, "Last updated : "),
    ] {
        let Some(text) = document(seed) else { return };
        let stated: Vec<String> =
            text.lines().filter_map(|line| line.trim().strip_prefix(marker)).map(str::to_owned).collect();
        let of_seed = |source: &&Source| source.document.starts_with(&format!("seeds/{seed} "));
        let held: Vec<String> = builtin(id)
            .sources
            .iter()
            .filter(of_seed)
            .filter_map(|source| Some(format!("{} {}", source.date?, source.time?)))
            .collect();
        assert_eq!(held, stated, "{seed}");
    }
}

#[test]
fn the_rows_of_the_call_feature_of_2022() {
    let Some(text) = document("000") else { return };
    let table = &text[text.find("Audio/video call feature details:").unwrap()
        ..text.find("\nNotes:\n\n- A value-added").unwrap()];
    let stated: Vec<&str> = table.lines().filter_map(|line| line.strip_suffix("\tSupported")).collect();
    let held: Vec<&str> = builtin(CatalogId::INTL_2022)
        .service(ServiceId::AUDIO_VIDEO_CALL)
        .unwrap()
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::AddsCapability { text, .. } => Some(&**text),
            _ => None,
        })
        .collect();
    assert_eq!(held, stated);
    assert!(table.contains("Platform\tiOS, Android, Web"));
}

/// What the catalog holds as numbers of rules stands in the documents in these words.
#[test]
fn the_numbers_of_the_rules_stand_in_the_documents() {
    let hours = |id: CatalogId, edition, feature| {
        builtin(id).edition(edition).unwrap().feature(feature).waiting_time_hours.unwrap()
    };
    let push = planguard::Feature::PushToAllUsers;
    let old = &builtin(CatalogId::INTL_2022).policies;
    let new = &builtin(CatalogId::INTL_2024).policies;
    let length = new.purchase_length.as_ref().unwrap().value;
    let free = |id, service: ServiceId| {
        builtin(id).service(service).unwrap().prices.iter().find_map(|row| row.days).unwrap()
    };
    let expected = [
        (
            "000",
            format!("enabled **{} hours** after", hours(CatalogId::INTL_2022, EditionId::ULTIMATE, push)),
        ),
        (
            "000",
            format!("retained for {} days (including the day", old.retention.as_ref().unwrap().value.days),
        ),
        ("000", format!("after disabling of {} days", old.disabled_app_days.as_ref().unwrap().value)),
        (
            "000",
            format!("with a {}-day free edition", free(CatalogId::INTL_2022, ServiceId::AUDIO_VIDEO_CALL)),
        ),
        ("000", format!("past due for over {} days", old.arrears_hours.as_ref().unwrap().value / 24)),
        ("001", format!("not renewed within {} hours", new.grace_hours.as_ref().unwrap().value)),
        ("001", format!("past due for over {} hours", new.arrears_hours.as_ref().unwrap().value)),
        ("001", format!("retained for {} days", new.retention.as_ref().unwrap().value.days)),
        ("001", format!("from {} to {} months", length.min_months, length.max_months)),
        ("001", format!("maximum of {} Chat apps", new.max_apps_per_account.as_ref().unwrap().value)),
        ("001", format!("0 USD for {} days", free(CatalogId::INTL_2024, ServiceId::CALL))),
        ("002", format!("0元/{}天", free(CatalogId::INTL_2024, ServiceId::CALL))),
        ("002", format!("创建{}个", new.max_apps_per_account.as_ref().unwrap().value)),
        ("002", format!("前{}天（含到期当", new.reminders.as_ref().unwrap().value.days_before)),
        ("003", format!("在**{}小时**后", hours(CatalogId::CN_DAU, EditionId::FLAGSHIP, push))),
    ];
    for (seed, words) in expected {
        let Some(text) = document(seed) else { return };
        assert!(text.contains(&words), "{seed} does not say `{words}`");
    }
}
