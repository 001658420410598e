//! Bills, forecasts, refunds and changes of the plan that cannot be made.

use super::check::{Sample, every};
use crate::decide::bill::BillError;
use crate::decide::change::{ChangeRefusal, PreviewError};
use crate::decide::forecast::ForecastError;
use crate::decide::refund::RefundError;
use crate::model::{CatalogId, Currency, EditionId, Money, ServiceId, UnknownId};

fn field() -> String {
    "plan.edition".to_owned()
}

#[test]
fn forecasts_and_bills() {
    let month = "2024-08".parse().unwrap();
    every!(ForecastError {
        ForecastError::PlanUnknown => ForecastError::PlanUnknown, ["sync|同步"];
        ForecastError::Bill(_) => ForecastError::Bill(BillError::TooLarge { field: "overage.mau".to_owned() }),
            ["overage.mau"];
    });
    let no_tier = BillError::NoSuchTier {
        field: field(),
        service: ServiceId::PUSH,
        edition: EditionId::STANDARD,
        tier: None,
        allowed: vec!["group".to_owned()],
    };
    let once = BillError::OncePerApp { field: field(), service: ServiceId::PUSH, quantity: 3, units: None };
    let open = BillError::NotInForce { field: field(), from: "2024-09-01".to_owned(), until: None, month };
    let free = BillError::CurrencyNotOffered {
        currency: "EUR".to_owned(),
        catalog: CatalogId::CN_DAU,
        allowed: None,
    };
    for error in [no_tier, once, open, free] {
        let about =
            if matches!(error, BillError::CurrencyNotOffered { .. }) { "EUR" } else { "plan.edition" };
        Sample::new(&error, |locale| error.explain(locale), &[&about]).check();
    }
    bills();
}

fn bills() {
    every!(BillError {
        BillError::Syntax { .. } => BillError::Syntax { reason: "line 3".to_owned() }, ["JSON"];
        BillError::Missing { .. } => BillError::Missing { field: field(), expected: "an edition" }, ["plan.edition"];
        BillError::UnknownField { .. } => BillError::UnknownField { field: field(), known: &["mau", "peak_groups"] },
            ["plan.edition", "mau, peak_groups"];
        BillError::BadValue { .. } => BillError::BadValue {
            field: field(), value: "-17".to_owned(), expected: "a whole number",
        }, ["plan.edition", "-17"];
        BillError::UnknownId { .. } => BillError::UnknownId {
            field: field(),
            cause: UnknownId { field: "edition", value: "prmium".to_owned(), known: &["premium", "pro"] },
        }, ["plan.edition", "prmium", "premium, pro"];
        BillError::UnknownCatalog { .. } => BillError::UnknownCatalog {
            catalog: CatalogId::new("intl-2099").unwrap(),
            known: vec![CatalogId::CN_DAU, CatalogId::INTL_2022],
        }, ["intl-2099", "cn-dau, intl-2022"];
        BillError::EditionNotInCatalog { .. } => BillError::EditionNotInCatalog {
            field: "plan.edition",
            edition: EditionId::ULTIMATE,
            catalog: CatalogId::INTL_2024,
            allowed: vec![EditionId::STANDARD, EditionId::PREMIUM],
        }, ["plan.edition", EditionId::ULTIMATE, CatalogId::INTL_2024, EditionId::STANDARD, EditionId::PREMIUM];
        BillError::CurrencyNotOffered { .. } => BillError::CurrencyNotOffered {
            currency: "EUR".to_owned(), catalog: CatalogId::INTL_2024, allowed: Some("USD".to_owned()),
        }, ["EUR", "USD", CatalogId::INTL_2024];
        BillError::ServiceNotInCatalog { .. } => BillError::ServiceNotInCatalog {
            field: field(),
            service: ServiceId::PUSH,
            catalog: CatalogId::INTL_2022,
            allowed: vec![ServiceId::GROUPS_PER_USER],
        }, ["plan.edition", ServiceId::PUSH, CatalogId::INTL_2022, ServiceId::GROUPS_PER_USER];
        BillError::ServiceNotOnEdition { .. } => BillError::ServiceNotOnEdition {
            field: field(),
            service: ServiceId::PUSH,
            edition: EditionId::FREE_TRIAL,
            allowed: vec![EditionId::STANDARD],
        }, ["plan.edition", ServiceId::PUSH, EditionId::FREE_TRIAL, EditionId::STANDARD];
        BillError::NoSuchTier { .. } => BillError::NoSuchTier {
            field: field(),
            service: ServiceId::CALL,
            edition: EditionId::PREMIUM,
            tier: Some("gruop".into()),
            allowed: vec!["group".to_owned()],
        }, ["plan.edition", ServiceId::CALL, EditionId::PREMIUM, "gruop", "group"];
        BillError::OncePerApp { .. } => BillError::OncePerApp {
            field: field(),
            service: ServiceId::DESK,
            quantity: 4321,
            units: Some(ServiceId::DESK_AGENT),
        }, ["plan.edition", ServiceId::DESK, "4,321", ServiceId::DESK_AGENT];
        BillError::Duplicate { .. } => BillError::Duplicate { field: field(), service: ServiceId::DESK },
            ["plan.edition", ServiceId::DESK];
        BillError::NeedsService { .. } => BillError::NeedsService {
            field: field(), service: ServiceId::DESK_AGENT, needs: ServiceId::DESK,
        }, ["plan.edition", ServiceId::DESK_AGENT, ServiceId::DESK];
        BillError::PurchaseLength { .. } => BillError::PurchaseLength {
            field: field(), months: 77, min: 1, max: 36,
        }, ["plan.edition", "77", "1", "36"];
        BillError::NotInForce { .. } => BillError::NotInForce {
            field: field(),
            from: "2024-09-01".to_owned(),
            until: Some("2024-10-01".to_owned()),
            month: "2024-08".parse().unwrap(),
        }, ["plan.edition", "2024-09-01", "2024-10-01", "2024-08"];
        BillError::ChangeNotPriced { .. } => BillError::ChangeNotPriced {
            catalog: CatalogId::INTL_2024, from: EditionId::STANDARD, to: EditionId::PREMIUM,
        }, [CatalogId::INTL_2024, EditionId::STANDARD, EditionId::PREMIUM];
        BillError::TooManyDays { .. } => BillError::TooManyDays {
            field: "usage.days", days: 47, month: "2024-08".parse().unwrap(), allowed: 31,
        }, ["usage.days", "47", "2024-08", "31"];
        BillError::TooLarge { .. } => BillError::TooLarge { field: field() }, ["plan.edition"];
        BillError::PurchaseDayNotKnown { .. } => BillError::PurchaseDayNotKnown {
            field: field(), service: ServiceId::AI_CHATBOT_MESSAGES,
        }, ["plan.edition", ServiceId::AI_CHATBOT_MESSAGES];
        BillError::Catalog { .. } => BillError::Catalog { reason: "no edition".to_owned() }, ["price list|价目表"];
        BillError::BeforeMonth { .. } => BillError::BeforeMonth {
            as_of: "2024-07-31".to_owned(), month: "2024-08".parse().unwrap(),
        }, ["2024-07-31", "2024-08"];
    });
}

#[test]
fn refunds() {
    every!(RefundError {
        RefundError::NotOffered { .. } => RefundError::NotOffered { catalog: CatalogId::INTL_2022 }, [CatalogId::INTL_2022];
        RefundError::BadAmount { .. } => RefundError::BadAmount { field: field(), value: paid() },
            ["plan.edition", "1,399.995 USD|1,399.995 美元"];
        RefundError::OtherCurrency { .. } => RefundError::OtherCurrency {
            field: field(), value: paid(), currency: Currency::Usd,
        }, ["plan.edition", "1,399.995 USD|1,399.995 美元"];
        RefundError::PurchaseLength { .. } => RefundError::PurchaseLength {
            field: field(), months: 77, min: 1, max: 36,
        }, ["plan.edition", "77", "1", "36"];
        RefundError::NoMonthlyPrice { .. } => RefundError::NoMonthlyPrice {
            field: field(), catalog: CatalogId::INTL_2024,
        }, ["plan.edition", CatalogId::INTL_2024];
        RefundError::TooLarge { .. } => RefundError::TooLarge { field: field() }, ["plan.edition"];
    });
}

fn paid() -> Money {
    Money::new("1399.995".parse().unwrap(), Currency::Usd)
}

#[test]
fn changes() {
    every!(PreviewError {
        PreviewError::PlanUnknown => PreviewError::PlanUnknown, ["sync|同步"];
    });
    every!(ChangeRefusal {
        ChangeRefusal::SameEdition { .. } => ChangeRefusal::SameEdition { edition: EditionId::PREMIUM }, [EditionId::PREMIUM];
        ChangeRefusal::OtherCatalog { .. } => ChangeRefusal::OtherCatalog {
            edition: EditionId::ULTIMATE, catalog: CatalogId::INTL_2024,
        }, [EditionId::ULTIMATE, CatalogId::INTL_2024];
        ChangeRefusal::NeverBack { .. } => ChangeRefusal::NeverBack { edition: EditionId::FREE_TRIAL },
            [EditionId::FREE_TRIAL];
        ChangeRefusal::OncePerMonth { .. } => ChangeRefusal::OncePerMonth {
            times: 3, until: "2024-09-01T02:30:00Z".parse().unwrap(),
        }, ["3 times|3 次", "1 September 2024, 02:30|2024年9月1日 02:30"];
        ChangeRefusal::NotStated { .. } => ChangeRefusal::NotStated {
            catalog: CatalogId::INTL_2024, from: EditionId::PREMIUM, to: EditionId::STANDARD,
        }, [CatalogId::INTL_2024, EditionId::PREMIUM, EditionId::STANDARD];
    });
}
