//! Price lists as JSON, as far as a screen that compares editions needs them.

use planguard::catalog::{self, Catalog, Edition};
use planguard::{CatalogId, Feature, LimitId};
use serde_json::{Map, Value, json};

use crate::answer::{Written, written};
use crate::bad::Bad;
use crate::fields::named;

/// The built-in price list that `request` names.
pub(crate) fn answer(request: &Value) -> Written {
    let id: CatalogId = named(request, "catalog")?;
    let found = catalog::built_in(id).ok_or_else(|| {
        let known: Vec<&str> = CatalogId::BUILT_IN.iter().map(CatalogId::as_str).collect();
        Bad::new("catalog", format_args!("no price list is called `{id}`; there are {}", known.join(", ")))
    })?;
    written(&list(found))
}

fn list(catalog: &Catalog) -> Value {
    json!({
        "id": catalog.id.as_str(),
        "title": catalog.title,
        "currency": catalog.currency.map(|currency| currency.to_string()),
        "billing_model": catalog.billing_model.as_str(),
        "editions": catalog.editions.iter().map(edition).collect::<Vec<_>>(),
    })
}

fn edition(edition: &Edition) -> Value {
    let (mut limits, mut features) = (Map::new(), Map::new());
    for &limit in LimitId::ALL {
        if let Some(figure) = edition.limit(limit) {
            let max = figure.max.number().map_or(Value::from("unlimited"), Value::from);
            limits.insert(limit.as_str().to_owned(), max);
        }
    }
    for &feature in Feature::ALL {
        let support = edition.feature(feature).support.as_str();
        features.insert(feature.as_str().to_owned(), Value::from(support));
    }
    json!({
        "id": edition.id.as_str(),
        "name": edition.name,
        "local_name": edition.local_name,
        "price_per_month": edition.price_per_month.map(|price| price.normalize().to_string()),
        "limits": limits,
        "features": features,
    })
}
