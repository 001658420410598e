//! Bills, forecasts, refunds and changes of the plan that cannot be made.

use super::check::{Sample, every};
use crate::decide::bill::BillError;
use crate::decide::change::ChangeRefusal;
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
        service: ServiceId::Push,
        edition: EditionId::Standard,
        tier: None,
        allowed: vec!["group".to_owned()],
    };
    let once = BillError::OncePerApp { field: field(), service: ServiceId::Push, quantity: 3, units: None };
    let open = BillError::NotInForce { field: field(), from: "2024-09-01".to_owned(), until: None, month };
    let free = BillError::CurrencyNotOffered {
        currency: "EUR".to_owned(),
        catalog: CatalogId::CnDau,
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
        BillError::EditionNotInCatalog { .. } => BillError::EditionNotInCatalog {
            field: "plan.edition",
            edition: EditionId::Ultimate,
            catalog: CatalogId::Intl2024,
            allowed: vec![EditionId::Standard, EditionId::Premium],
        }, ["plan.edition", EditionId::Ultimate, CatalogId::Intl2024, EditionId::Standard, EditionId::Premium];
        BillError::CurrencyNotOffered { .. } => BillError::CurrencyNotOffered {
            currency: "EUR".to_owned(), catalog: CatalogId::Intl2024, allowed: Some("USD".to_owned()),
        }, ["EUR", "USD", CatalogId::Intl2024];
        BillError::ServiceNotInCatalog { .. } => BillError::ServiceNotInCatalog {
            field: field(),
            service: ServiceId::Push,
            catalog: CatalogId::Intl2022,
            allowed: vec![ServiceId::GroupsPerUser],
        }, ["plan.edition", ServiceId::Push, CatalogId::Intl2022, ServiceId::GroupsPerUser];
        BillError::ServiceNotOnEdition { .. } => BillError::ServiceNotOnEdition {
            field: field(),
            service: ServiceId::Push,
            edition: EditionId::FreeTrial,
            allowed: vec![EditionId::Standard],
        }, ["plan.edition", ServiceId::Push, EditionId::FreeTrial, EditionId::Standard];
        BillError::NoSuchTier { .. } => BillError::NoSuchTier {
            field: field(),
            service: ServiceId::Call,
            edition: EditionId::Premium,
            tier: Some("gruop".to_owned()),
            allowed: vec!["group".to_owned()],
        }, ["plan.edition", ServiceId::Call, EditionId::Premium, "gruop", "group"];
        BillError::OncePerApp { .. } => BillError::OncePerApp {
            field: field(),
            service: ServiceId::Desk,
            quantity: 4321,
            units: Some(ServiceId::DeskAgent),
        }, ["plan.edition", ServiceId::Desk, "4,321", ServiceId::DeskAgent];
        BillError::Duplicate { .. } => BillError::Duplicate { field: field(), service: ServiceId::Desk },
            ["plan.edition", ServiceId::Desk];
        BillError::NeedsService { .. } => BillError::NeedsService {
            field: field(), service: ServiceId::DeskAgent, needs: ServiceId::Desk,
        }, ["plan.edition", ServiceId::DeskAgent, ServiceId::Desk];
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
            catalog: CatalogId::Intl2024, from: EditionId::Standard, to: EditionId::Premium,
        }, [CatalogId::Intl2024, EditionId::Standard, EditionId::Premium];
        BillError::TooManyDays { .. } => BillError::TooManyDays {
            field: "usage.days", days: 47, month: "2024-08".parse().unwrap(), allowed: 31,
        }, ["usage.days", "47", "2024-08", "31"];
        BillError::TooLarge { .. } => BillError::TooLarge { field: field() }, ["plan.edition"];
        BillError::PurchaseDayNotKnown { .. } => BillError::PurchaseDayNotKnown {
            field: field(), service: ServiceId::AiChatbotMessages,
        }, ["plan.edition", ServiceId::AiChatbotMessages];
        BillError::Catalog { .. } => BillError::Catalog { reason: "no edition".to_owned() }, ["price list|价目表"];
        BillError::BeforeMonth { .. } => BillError::BeforeMonth {
            as_of: "2024-07-31".to_owned(), month: "2024-08".parse().unwrap(),
        }, ["2024-07-31", "2024-08"];
    });
}

#[test]
fn refunds() {
    every!(RefundError {
        RefundError::NotOffered { .. } => RefundError::NotOffered { catalog: CatalogId::Intl2022 }, [CatalogId::Intl2022];
        RefundError::BadAmount { .. } => RefundError::BadAmount { field: field(), value: paid() },
            ["plan.edition", "1,399.995 USD|1,399.995 美元"];
        RefundError::OtherCurrency { .. } => RefundError::OtherCurrency {
            field: field(), value: paid(), currency: Currency::Usd,
        }, ["plan.edition", "1,399.995 USD|1,399.995 美元"];
        RefundError::PurchaseLength { .. } => RefundError::PurchaseLength {
            field: field(), months: 77, min: 1, max: 36,
        }, ["plan.edition", "77", "1", "36"];
        RefundError::NoMonthlyPrice { .. } => RefundError::NoMonthlyPrice {
            field: field(), catalog: CatalogId::Intl2024,
        }, ["plan.edition", CatalogId::Intl2024];
        RefundError::TooLarge { .. } => RefundError::TooLarge { field: field() }, ["plan.edition"];
    });
}

fn paid() -> Money {
    Money::new("1399.995".parse().unwrap(), Currency::Usd)
}

#[test]
fn changes() {
    every!(ChangeRefusal {
        ChangeRefusal::SameEdition { .. } => ChangeRefusal::SameEdition { edition: EditionId::Premium }, [EditionId::Premium];
        ChangeRefusal::OtherCatalog { .. } => ChangeRefusal::OtherCatalog {
            edition: EditionId::Ultimate, home: CatalogId::Intl2022, catalog: CatalogId::Intl2024,
        }, [EditionId::Ultimate, CatalogId::Intl2022, CatalogId::Intl2024];
        ChangeRefusal::NeverBack { .. } => ChangeRefusal::NeverBack { edition: EditionId::FreeTrial },
            [EditionId::FreeTrial];
        ChangeRefusal::OncePerMonth { .. } => ChangeRefusal::OncePerMonth {
            times: 3, until: "2024-09-01T02:30:00Z".parse().unwrap(),
        }, ["3 times|3 次", "1 September 2024, 02:30|2024年9月1日 02:30"];
        ChangeRefusal::NotStated { .. } => ChangeRefusal::NotStated {
            catalog: CatalogId::Intl2024, from: EditionId::Premium, to: EditionId::Standard,
        }, [CatalogId::Intl2024, EditionId::Premium, EditionId::Standard];
    });
}
