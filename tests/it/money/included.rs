//! Usage beside what plan and plugins include: figures, sources and words, and no amount of its own.

use planguard::catalog;
use planguard::decide::bill::{BillRequest, IncludedUsage, ServicePurchase, bill};
use planguard::{EditionId, LimitId, Locale, Max, ServiceId};
use support::home;

fn month(edition: EditionId, month: &str) -> BillRequest {
    BillRequest::new(home(edition), edition, month.parse().unwrap())
}

fn included(request: &BillRequest) -> Vec<IncludedUsage> {
    bill(request).unwrap().included
}

fn words(request: &BillRequest) -> Vec<String> {
    included(request).iter().map(ToString::to_string).collect()
}

#[test]
fn active_users_inside_the_quota_are_said_and_cost_nothing() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    let without = bill(&request).unwrap();
    request.usage.mau = Some(8_124);
    let with = bill(&request).unwrap();
    assert_eq!((with.total(), &with.lines), (without.total(), &without.lines));
    let [mau] = &*with.included else { panic!("{:?}", with.included) };
    assert_eq!((mau.limit, mau.used, mau.included), (LimitId::FreeMau, Some(8_124), Some(Max::Of(10_000))));
    assert_eq!(mau.beyond(), Some(0));
    assert_eq!(mau.source.as_ref().unwrap().date.unwrap().to_string(), "2024-08-01");
    assert_eq!(mau.to_string(), "8,124 of 10,000 monthly active users included");
    assert_eq!(mau.explain(Locale::ZhHans), "月活跃用户（MAU）已用免费额度 10,000 名中的 8,124 名。");
}

#[test]
fn usage_beyond_the_quota_names_both() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    request.usage.mau = Some(10_007);
    assert_eq!(included(&request)[0].beyond(), Some(7));
    assert_eq!(words(&request), ["10,007 monthly active users, 10,000 of them included"]);
    // The endpoint's word on the quota comes first, and no document states it.
    request.limits.insert(LimitId::FreeMau, Max::Of(12_000));
    assert_eq!(words(&request), ["10,007 of 12,000 monthly active users included"]);
    assert_eq!(included(&request)[0].source, None);
    request.limits.insert(LimitId::FreeMau, Max::Unlimited);
    assert_eq!(words(&request), ["10,007 monthly active users, unlimited and included"]);
    assert_eq!(included(&request)[0].beyond(), Some(0));
}

#[test]
fn usage_that_is_not_known_is_no_zero() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    assert_eq!(included(&request)[0].used, None);
    assert_eq!(included(&request)[0].beyond(), None);
    assert_eq!(
        words(&request),
        ["10,000 monthly active users included, and how many were used is not known"]
    );
    request.usage.mau = Some(0);
    assert_eq!(words(&request), ["0 of 10,000 monthly active users included"]);
}

#[test]
fn the_lists_of_daily_users_say_the_peaks() {
    let mut request = month(EditionId::PRO, "2022-12");
    (request.usage.peak_dau, request.usage.peak_groups) = (Some(9_000), Some(120_000));
    let expected = [
        "at the peak, 9,000 of 10,000 daily active users included",
        "at the peak, 120,000 peak groups, 100,000 of them included",
    ];
    assert_eq!(words(&request), expected);
    let mut request = month(EditionId::PROFESSIONAL, "2023-05");
    (request.usage.peak_dau, request.usage.peak_groups) = (Some(500), Some(1));
    let expected = [
        "at the peak, 500 of 10,000 daily active users included",
        "at the peak, 1 of 100,000 peak groups included",
    ];
    assert_eq!(words(&request), expected);
}

#[test]
fn plugins_that_are_held_have_their_quotas_and_others_have_none() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    request.usage.push_calls_by_day = vec![90, 131, 4];
    request.usage.push_messages = Some(29_999_999);
    request.usage.search_stored = Some(1_500_001);
    assert_eq!(included(&request).len(), 1);
    request.value_added = [ServiceId::PUSH, ServiceId::CLOUD_SEARCH].map(ServicePurchase::new).to_vec();
    let expected = [
        "10,000 monthly active users included, and how many were used is not known",
        "on the busiest day, 131 all-staff or tag push calls, 100 of them included",
        "29,999,999 of 30,000,000 all-staff or tag push messages included",
        "1,500,001 searchable messages, 1,500,000 of them included",
        "300,000 search requests included, and how many were used is not known",
    ];
    assert_eq!(words(&request), expected);
}

/// What is said to be included is what the lines charge beyond.
#[test]
fn what_is_beyond_is_what_is_charged() {
    for (edition, used) in
        [(EditionId::STANDARD, 9_999), (EditionId::STANDARD, 12_345), (EditionId::PREMIUM, 10_001)]
    {
        let mut request = month(edition, "2024-09");
        request.usage.mau = Some(used);
        let bill = bill(&request).unwrap();
        let charged = bill.lines.iter().find(|line| line.item == "overage:mau");
        let beyond = bill.included[0].beyond().filter(|beyond| *beyond > 0);
        assert_eq!(charged.map(|line| line.quantity), beyond.map(Into::into), "{edition} {used}");
    }
}

#[test]
fn a_quota_that_no_page_states_is_said_to_be_so() {
    let list = catalog::intl_2026();
    let open: Vec<_> = list
        .editions
        .iter()
        .map(|edition| {
            let mut request = BillRequest::new(list, edition.id, "2026-06".parse().unwrap());
            request.usage.mau = Some(5);
            bill(&request).unwrap().included.remove(0)
        })
        .filter(|mau| mau.included.is_none())
        .collect();
    for mau in &open {
        assert_eq!((mau.used, mau.beyond(), &mau.source), (Some(5), None, &None));
        let text = "5 monthly active users, and the price list does not state how many are included";
        assert_eq!(mau.to_string(), text);
    }
    assert!(!open.is_empty());
}
