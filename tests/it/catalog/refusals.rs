//! What the loader refuses, each with the field named. Every case is a shipped file with one thing wrong.

use planguard::catalog::CatalogError;
use planguard::{Catalog, CatalogId, EditionId};

const GOOD: &str = include_str!("../../../src/model/catalogs/intl-2024.toml");

/// The good file with one text replaced, once.
fn broken(from: &str, to: &str) -> CatalogError {
    assert!(GOOD.contains(from), "the file no longer holds `{from}`");
    Catalog::from_toml(&GOOD.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn the_good_file_loads() {
    assert_eq!(Catalog::from_toml(GOOD).unwrap().id, CatalogId::INTL_2024);
}

#[test]
fn unknown_ids_name_the_field_and_the_known_ones() {
    let error = broken("friends_per_user = {", "friends_per_moon = {");
    assert!(matches!(&error, CatalogError::Unknown { field, .. } if field == "limits.friends_per_moon"));
    assert!(error.to_string().contains("friends_per_user"), "{error}");
    let error = broken("[features.user_status]", "[features.teleport]");
    assert!(matches!(&error, CatalogError::Unknown { field, .. } if field == "features.teleport"));
    let error = broken("currency = \"USD\"", "currency = \"XYZ\"");
    assert!(matches!(&error, CatalogError::Unknown { field, .. } if field == "currency"));
}

#[test]
fn names_are_open_and_well_formed() {
    for (from, to, at, message) in [
        ("id = \"standard\"", "id = \"Standard\"", "editions.id", "edition: 'S' at byte 0"),
        ("id = \"cloud_search\"", "id = \"cloud nine\"", "services.id", "service: ' ' at byte 5"),
        ("id = \"intl-2024\"", "id = \"\"", "id", "catalog: empty"),
    ] {
        let error = broken(from, to);
        assert!(matches!(&error, CatalogError::Name { field, .. } if field == at), "{error}");
        assert!(error.to_string().starts_with(&format!("{at}: {message}")), "{error}");
    }
}

#[test]
fn an_edition_is_declared_where_it_is_named() {
    let error = broken("id = \"standard\"", "id = \"pro\"");
    assert!(
        matches!(&error, CatalogError::UnknownEdition { edition: EditionId::STANDARD, known, .. }
            if known[..] == [EditionId::FREE_TRIAL, EditionId::PRO, EditionId::PREMIUM]),
        "{error}"
    );
    let error = broken("standard = 3000", "pro = 3000");
    assert_eq!(
        error.to_string(),
        "limits.friends_per_user: no edition `pro`; declare it under `editions`, which has free_trial, standard, premium"
    );
}

#[test]
fn numbers_are_exact_and_not_negative() {
    let error = broken("price_per_month = \"399\"", "price_per_month = \"-399\"");
    assert!(
        matches!(&error, CatalogError::OutOfRange { field, .. } if field == "editions.standard.price_per_month")
    );
    let error = broken("price_per_month = \"399\"", "price_per_month = \"cheap\"");
    assert!(matches!(error, CatalogError::BadNumber { .. }));
    let error = broken("free_trial = 20, standard = 3000", "free_trial = -20, standard = 3000");
    assert!(
        matches!(&error, CatalogError::OutOfRange { field, .. } if field == "limits.friends_per_user.max.free_trial")
    );
    let error = broken("free_trial = 20, standard = 3000", "free_trial = \"lots\", standard = 3000");
    assert!(matches!(error, CatalogError::OutOfRange { .. }));
    let error = broken("free_trial = 20, standard = 3000", "free_trial = 20.5, standard = 3000");
    assert!(
        matches!(&error, CatalogError::Syntax { reason } if reason.contains("a whole number or") && reason.contains("line")),
        "{error}"
    );
    let error = broken("price = \"0.015\", per = 1,", "price = \"0.015\", per = 0,");
    assert!(
        matches!(&error, CatalogError::OutOfRange { field, .. } if field == "overage.mau.standard.rate.per"),
        "{error}"
    );
}

#[test]
fn nothing_is_given_twice_or_left_out() {
    let error = broken("id = \"standard\"", "id = \"premium\"");
    assert!(
        matches!(&error, CatalogError::Duplicate { field, value } if field == "editions" && value == "premium")
    );
    let error = broken("id = \"pricing\"", "id = \"overview\"");
    assert!(matches!(&error, CatalogError::Duplicate { field, .. } if field == "sources"));
    let error = broken("id = \"desk_agent\"", "id = \"desk\"");
    assert!(matches!(&error, CatalogError::Duplicate { field, .. } if field == "services"));
    let error = broken("tier = \"group\", price", "tier = \"one_to_one\", price");
    assert!(matches!(&error, CatalogError::Duplicate { field, .. } if field == "services.call.prices"));
    let error = broken("\"free_dau\", ", "");
    assert_eq!(error, CatalogError::Missing { field: "limits.free_dau".to_owned() });
    let error = broken("\"free_dau\", ", "\"free_dau\", \"free_mau\", ");
    assert_eq!(error, CatalogError::Contradiction { field: "limits.free_mau".to_owned() });
    let error = broken("free_trial = 20, standard = 3000", "free_trial = 20");
    assert_eq!(error, CatalogError::Missing { field: "limits.friends_per_user.max.standard".to_owned() });
    let error = broken("from = \"premium\"\nto = \"standard\"", "from = \"standard\"\nto = \"premium\"");
    assert!(matches!(&error, CatalogError::Duplicate { field, .. } if field == "policies.moves"));
}

#[test]
fn references_and_shape_are_checked() {
    let error = broken(
        "[features.user_status]\nsource = \"overview\"",
        "[features.user_status]\nsource = \"hearsay\"",
    );
    assert!(matches!(&error, CatalogError::UnknownSource { field, value }
        if field == "features.user_status.source" && value == "hearsay"));
    let error = broken("tier = \"group\", price", "tier = \"crowd\", price");
    assert!(
        matches!(&error, CatalogError::UnknownTier { value, known, .. } if value == "crowd" && known.len() == 3)
    );
    let error = broken("date = \"2024-08-01\"", "date = \"2024-13-01\"");
    assert!(matches!(&error, CatalogError::BadDate { field, .. } if field == "sources.overview.date"));
    let error = broken("time = \"16:29:24\"", "time = \"25:00\"");
    assert!(matches!(&error, CatalogError::BadTime { field, .. } if field == "sources.overview.time"));
    let error = broken("about = \"meter:mau\"", "about = \"meter:steam\"");
    assert!(matches!(error, CatalogError::Subject { .. }));
    let error = broken("paid = false", "paid = false\ncolour = \"blue\"");
    assert!(matches!(&error, CatalogError::Syntax { reason } if reason.contains("colour")));
    let error = broken("[limits]", "[limits]\nmax_users = { source = \"overview\", max = {} }");
    assert!(matches!(&error, CatalogError::Syntax { reason } if reason.contains("duplicate")), "{error}");
    assert!(matches!(Catalog::from_toml(""), Err(CatalogError::Syntax { .. })));
}

#[test]
fn the_parts_agree_with_each_other() {
    let missing = |from: &str, to: &str, expected: &str| match broken(from, to) {
        CatalogError::Missing { field } => assert_eq!(field, expected),
        other => panic!("{expected}: {other}"),
    };
    missing("currency = \"USD\"\n", "", "currency");
    // Without its row an edition's overage would read as free of charge.
    missing(
        "editions = [\"standard\", \"premium\"]\nsupported",
        "editions = [\"standard\"]\nsupported",
        "overage.mau.premium",
    );
    missing("editions = [\"free_trial\"]\nsupported", "editions = []\nsupported", "overage.mau.free_trial");
    missing("tiers = [\"free\", ", "tiers = [\"gratis\", \"free\", ", "services.call.prices: tier gratis");
    missing(
        "service = \"desk_agent\"",
        "service = \"history_retention\"",
        "services.history_retention, whose units desk includes",
    );
    missing(
        "about = \"service:call\"",
        "about = \"service:groups_per_user\"",
        "services.groups_per_user, which differences.about names",
    );
    missing(
        "platforms = [\"android\", \"ios\"]",
        "platforms = []",
        "features.local_message_search.conditions",
    );
    missing("title = \"Chat, international site, August 2024\"", "title = \" \"", "title");
    missing(
        "[features.community]\n",
        "[features.community]\ncap = \"communities\"\n",
        "limits.communities.max.free_trial, the cap of community",
    );
    let error = broken("about = \"edition:free_trial\"", "about = \"edition:pro\"");
    assert!(
        matches!(&error, CatalogError::UnknownEdition { field, edition: EditionId::PRO, .. } if field == "notes.about")
    );
    let error = broken("meter = \"mau\"", "meter = \"dau\"");
    assert!(matches!(&error, CatalogError::Missing { field } if field == "overage.mau.free_trial"));
    for (from, to, at) in [
        ("price_per_month = \"399\"", "price_per_month = \"0\"", "editions.standard.price_per_month"),
        ("price_per_month = \"0\"", "price_per_month = \"1\"", "editions.free_trial.price_per_month"),
        (
            "[features.community]\n",
            "[features.community]\nwaiting_time_hours = 48\n",
            "features.community.waiting_time_hours",
        ),
    ] {
        assert!(matches!(broken(from, to), CatalogError::OutOfRange { field, .. } if field == at), "{at}");
    }
    let error = broken("tiers = [\"free\", ", "tiers = [\"free\", \"free\", ");
    assert!(matches!(&error, CatalogError::Duplicate { field, .. } if field == "services.call.tiers"));
    let error = broken(
        "\nfree_mau = {",
        "\npush_calls_per_day = { source = \"overview\", max = { free_trial = 1, standard = 1, premium = 1 } }\nfree_mau = {",
    );
    assert!(
        matches!(&error, CatalogError::Duplicate { field, value } if field == "limits" && value == "push_calls_per_day")
    );
}

#[test]
fn a_service_raises_a_limit_above_the_editions_own_and_only_where_it_is_sold() {
    const LIST_OF_2022: &str = include_str!("../../../src/model/catalogs/intl-2022.toml");
    let broken = |from: &str, to: &str| {
        assert!(LIST_OF_2022.contains(from), "the file no longer holds `{from}`");
        Catalog::from_toml(&LIST_OF_2022.replacen(from, to, 1)).unwrap_err()
    };
    let error =
        broken("limit = \"members_per_group\", to = 6000", "limit = \"members_per_group\", to = 2000");
    assert!(
        matches!(&error, CatalogError::OutOfRange { field, .. } if field == "services.members_per_group.effects.to")
    );
    let error =
        broken("prices = [{ editions = [\"pro\"], price", "prices = [{ editions = [\"ultimate\"], price");
    assert_eq!(error, CatalogError::Missing { field: "services.unlimited_av_groups.prices: pro".to_owned() });
    let error = broken("editions = [\"pro\"], tier = \"30\", limit", "editions = [\"pro\"], limit");
    assert_eq!(error, CatalogError::Missing { field: "services.history_retention.effects.tier".to_owned() });
}
