//! What is known of each app, as gauges of one scrape.

use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Metrics;

/// What is known of one app; `None` is not shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Which app.
    pub app: u64,
    /// Name, help and value of each.
    pub values: Vec<(&'static str, &'static str, Option<i64>)>,
}

/// One figure of every app.
type ByApp = Family<[(&'static str, String); 1], Gauge>;

/// Everything as `OpenMetrics` text.
///
/// # Errors
/// [`std::fmt::Error`], which writing to a text never gives.
pub fn encode(metrics: &Metrics, apps: &[Gauges]) -> Result<String, std::fmt::Error> {
    let mut text = String::new();
    encode_registry(&mut text, &metrics.0.registry.read())?;
    let mut registry = Registry::with_prefix("planguard");
    let mut families: Vec<(&str, ByApp)> = Vec::new();
    for app in apps {
        for (name, help, value) in &app.values {
            let Some(value) = value else { continue };
            let known = families.iter().position(|(known, _)| known == name);
            let index = known.unwrap_or_else(|| {
                let family = ByApp::default();
                registry.register(*name, *help, family.clone());
                families.push((name, family));
                families.len() - 1
            });
            families[index].1.get_or_create(&[("app", app.app.to_string())]).set(*value);
        }
    }
    encode_registry(&mut text, &registry)?;
    encode_eof(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use openmetrics_parser::openmetrics::parse_openmetrics;

    use super::*;
    use crate::db::DbError;

    #[test]
    fn the_text_is_read_by_a_parser_of_the_format() {
        let metrics = Metrics::default();
        metrics.events(3, 2);
        metrics.events_refused();
        metrics.webhook("state_change", "taken");
        metrics.request("GET", "/v1/apps/{sdk_app_id}/entitlements", 200, Duration::from_millis(3));
        metrics.database_error(DbError::Busy.cause());
        let of = |app, mau| Gauges {
            app,
            values: vec![("mau", "Active users", mau), ("dau", "Of the day", None)],
        };
        let text = encode(&metrics, &[of(1, Some(7)), of(2, None), of(3, Some(9))]).unwrap();
        let read = parse_openmetrics(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let families: Vec<&str> = read.families.keys().map(String::as_str).collect();
        for name in
            ["planguard_usage_events", "planguard_webhooks", "planguard_http_requests", "planguard_mau"]
        {
            assert!(families.contains(&name), "{name} in {families:?}");
        }
        assert!(!families.contains(&"planguard_dau"), "what is not known is not shown");
        assert_eq!(read.families["planguard_mau"].iter_samples().count(), 2);
        assert!(text.contains("planguard_mau{app=\"3\"} 9\n"), "{text}");
        assert!(text.contains("planguard_usage_events_total{outcome=\"accepted\"} 3\n"), "{text}");
        assert!(text.contains("planguard_http_request_duration_seconds_bucket"), "{text}");
    }
}
