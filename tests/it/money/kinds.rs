//! Every rule of a bill for every kind of fee: suspended, modified, ended and expired months, one-off purchases,
//! and fields that say nothing. Figures are those of the price lists.

use planguard::decide::bill::{
    AssumptionId, BillError, BillRequest, MonthUsage, PlanPurchase, ServicePurchase, bill,
};
use planguard::{EditionId, ServiceId};

use super::worked::{at, dec, line, lines, month, service, usd};

/// Item, quantity, amount and share of every line, on one line each.
fn table(request: &BillRequest) -> Vec<String> {
    let bill = bill(request).unwrap();
    bill.lines
        .iter()
        .map(|line| {
            let amount = line.amount().map_or_else(|| "?".to_owned(), |amount| amount.amount_text());
            let share = line.share.map_or_else(String::new, |share| format!(" {}/{}", share.days, share.of));
            format!("{} {} {amount}{share}", line.item, line.quantity.normalize())
        })
        .collect()
}

fn ids(request: &BillRequest) -> Vec<(AssumptionId, String)> {
    bill(request).unwrap().assumptions.into_iter().map(|assumed| (assumed.id, assumed.about)).collect()
}

fn assumes(request: &BillRequest, id: AssumptionId, about: &str) -> bool {
    ids(request).contains(&(id, about.to_owned()))
}

fn plan(starts_at: &str) -> PlanPurchase {
    PlanPurchase::new(at(starts_at))
}

fn ended(id: ServiceId, tier: Option<&str>, starts_at: Option<&str>, ends_at: &str) -> ServicePurchase {
    ServicePurchase { starts_at: starts_at.map(at), ends_at: Some(at(ends_at)), ..service(id, tier, 1) }
}

/// Every kind of fee of the list of 2024, each beyond its quota or allowance.
fn full_2024() -> BillRequest {
    let mut request = month(EditionId::STANDARD, "2024-09");
    request.value_added = vec![
        service(ServiceId::DESK, None, 1),
        service(ServiceId::PUSH, None, 1),
        service(ServiceId::CLOUD_SEARCH, None, 1),
        service(ServiceId::AI_CHATBOT_MESSAGES, None, 1),
        service(ServiceId::CALL, Some("free"), 1),
    ];
    request.usage = MonthUsage {
        mau: Some(12_000),
        push_calls_by_day: vec![103],
        push_messages: Some(30_020_000),
        search_stored: Some(1_560_000),
        search_requests: Some(600_000),
        ..MonthUsage::default()
    };
    request
}

#[test]
fn suspension_cuts_every_fee_billed_afterwards_and_no_other() {
    let mut request = full_2024();
    // Suspended on the 16th in Beijing: 15 of 30 days.
    request.suspended_at = Some(at("2024-09-15T16:00:00Z"));
    let seen = table(&request);
    let (paid, afterwards): (Vec<_>, Vec<_>) = seen.iter().partition(|line| !line.contains('/'));
    assert_eq!(
        paid,
        [
            "plan:standard 1 399",
            "service:desk 1 299",
            "service:push 1 299",
            "service:cloud_search 1 399",
            "service:ai_chatbot_messages 1 200",
            "service:call:free 1 0",
            // Charged day by day: 3 calls on one day at 10 each.
            "overage:push_calls_per_day 3 30",
        ]
    );
    // 2,000 x 0.015 / 2; 2 x 0.1 / 2; the search blocks of 4 by their half.
    let items: Vec<_> = afterwards.iter().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(
        items,
        [
            "overage:mau",
            "overage:push_messages_per_month",
            "overage:search_messages_stored",
            "overage:search_requests_per_month"
        ]
    );
    assert!(afterwards.iter().all(|line| line.ends_with(" 15/30")), "{afterwards:?}");
    assert!(afterwards[0].starts_with("overage:mau 2000 15 "), "{afterwards:?}");
    assert!(afterwards[1].starts_with("overage:push_messages_per_month 2 0.1 "), "{afterwards:?}");
}

#[test]
fn a_suspended_app_renews_neither_plan_nor_service() {
    let mut request = full_2024();
    request.value_added.truncate(3);
    request.suspended_at = Some(at("2024-08-20T00:00:00Z"));
    request.usage = MonthUsage { mau: Some(0), ..MonthUsage::default() };
    // Nothing has a date: a paid month of September would start after the suspension.
    assert_eq!(table(&request), Vec::<String>::new());
    for about in ["plan", "value_added[0]", "value_added[1]", "value_added[2]"] {
        assert!(assumes(&request, AssumptionId::NotRenewedSuspended, about), "{about}");
    }
    // Bought on 15 July and renewed in August, which reaches into September; nothing starts in it.
    request.plan = Some(plan("2024-07-15T02:00:00Z"));
    request.value_added[1].starts_at = Some(at("2024-07-15T02:00:00Z"));
    assert_eq!(table(&request), Vec::<String>::new());
    // What was paid ahead is paid, suspended or not.
    request.plan.as_mut().unwrap().months = Some(6);
    request.value_added[1].months = Some(6);
    assert_eq!(table(&request), ["plan:standard 1 399", "service:push 1 299"]);
    // Started before the suspension of the same month.
    let mut same = month(EditionId::STANDARD, "2024-08");
    same.plan = Some(plan("2024-07-15T02:00:00Z"));
    same.suspended_at = Some(at("2024-08-20T00:00:00Z"));
    assert_eq!(table(&same), ["plan:standard 1 399"]);
}

#[test]
fn the_chinese_list_shares_calendar_month_services_of_a_suspended_month() {
    let mut request = month(EditionId::FLAGSHIP, "2024-09");
    request.value_added = vec![service(ServiceId::HISTORY_RETENTION, Some("90"), 1)];
    request.usage.peak_dau = Some(10_500);
    request.usage.peak_groups = Some(100_001);
    request.suspended_at = Some(at("2024-09-15T16:00:00Z"));
    assert_eq!(
        table(&request),
        [
            "plan:flagship 1 ?",
            "service:history_retention:90 1 ? 15/30",
            "overage:dau 500 ? 15/30",
            "overage:peak_groups 1 ? 15/30",
        ]
    );
}

#[test]
fn the_list_of_2022_states_no_share_for_a_suspended_month() {
    let mut request = month(EditionId::PRO, "2022-12");
    request.value_added = vec![service(ServiceId::MEMBERS_PER_GROUP, None, 1)];
    request.usage.peak_dau = Some(10_001);
    request.suspended_at = Some(at("2022-12-10T00:00:00Z"));
    let whole = ["plan:pro 1 449.99", "service:members_per_group 1 239.99", "overage:dau 1 449.99"];
    assert_eq!(table(&request), whole);
    assert!(assumes(&request, AssumptionId::SuspensionNotStated, "suspended_at"));
}

/// Pro, modified to Ultimate on 11 December 2022: 10 and 21 of 31 days.
fn modified(services: Vec<ServicePurchase>) -> BillRequest {
    let mut request = month(EditionId::ULTIMATE, "2022-12");
    request.plan = Some(PlanPurchase { from: Some(EditionId::PRO), ..plan("2022-12-10T16:00:00Z") });
    request.value_added = services;
    request
}

#[test]
fn a_service_that_only_the_edition_before_had_is_due_for_its_days() {
    let since =
        |id, tier| ServicePurchase { starts_at: Some(at("2022-11-01T00:00:00Z")), ..service(id, tier, 1) };
    let request = modified(vec![
        since(ServiceId::UNLIMITED_AV_GROUPS, None),
        since(ServiceId::HISTORY_RETENTION, Some("30")),
    ]);
    // 449.99 x 10 / 31 = 145.158..., 99.99 x 10 / 31 = 32.254...
    assert_eq!(
        table(&request)[2..],
        ["service:unlimited_av_groups 1 145.16 10/31", "service:history_retention:30 1 32.25 10/31"]
    );
    assert!(assumes(&request, AssumptionId::EndedWithChange, "value_added[0]"));
    assert!(assumes(&request, AssumptionId::EndedWithChange, "value_added[1]"));
    // Held all month without a day: as far as the edition could have it.
    let undated = modified(vec![service(ServiceId::UNLIMITED_AV_GROUPS, None, 1)]);
    assert_eq!(table(&undated)[2..], ["service:unlimited_av_groups 1 145.16 10/31"]);
    // Bought after the change it cannot have been.
    let mut late = modified(vec![service(ServiceId::UNLIMITED_AV_GROUPS, None, 1)]);
    late.value_added[0].starts_at = Some(at("2022-12-20T00:00:00Z"));
    assert!(matches!(bill(&late), Err(BillError::ServiceNotOnEdition { .. })));
}

#[test]
fn a_service_kept_over_a_modification_has_the_price_of_each_edition() {
    let since =
        |id, tier| ServicePurchase { starts_at: Some(at("2022-11-01T00:00:00Z")), ..service(id, tier, 1) };
    let request = modified(vec![
        since(ServiceId::MEMBERS_PER_GROUP, None),
        since(ServiceId::HISTORY_RETENTION, Some("90")),
    ]);
    // 239.99 on both; 179.99 x 10 / 31 = 58.061..., 99.99 x 21 / 31 = 67.735...
    assert_eq!(
        table(&request)[2..],
        [
            "service:members_per_group 1 239.99",
            "service:history_retention:90 1 58.06 10/31",
            "service:history_retention:90 1 67.74 21/31",
        ]
    );
    // Activated in the month of the change: the month of activation is charged whole.
    let activated = modified(vec![service(ServiceId::HISTORY_RETENTION, Some("90"), 1)]);
    assert_eq!(table(&activated)[2..], ["service:history_retention:90 1 99.99"]);
}

#[test]
fn a_service_that_ended_is_charged_by_its_days_or_by_its_paid_months() {
    // By the calendar month: ended on 11 December in Beijing, 10 of 31 days; begun on the 6th, 5 days.
    let mut request = month(EditionId::PRO, "2022-12");
    let end = "2022-12-10T16:00:00Z";
    request.value_added = vec![
        ended(ServiceId::UNLIMITED_AV_GROUPS, None, None, end),
        ended(ServiceId::MEMBERS_PER_GROUP, None, Some("2022-12-05T16:00:00Z"), end),
        ended(ServiceId::HISTORY_RETENTION, Some("90"), Some("2022-11-01T00:00:00Z"), end),
    ];
    // 449.99 x 10 / 31, 239.99 x 5 / 31 = 38.708..., 179.99 x 10 / 31 = 58.061...
    assert_eq!(
        table(&request)[1..],
        [
            "service:unlimited_av_groups 1 145.16 10/31",
            "service:members_per_group 1 38.71 5/31",
            "service:history_retention:90 1 58.06 10/31",
        ]
    );
    assert!(assumes(&request, AssumptionId::ChargedUntilEnd, "value_added[0]"));
    // It was there again from the 21st on: 11 more days.
    request.value_added = vec![
        ended(ServiceId::UNLIMITED_AV_GROUPS, None, None, end),
        ServicePurchase {
            starts_at: Some(at("2022-12-20T16:00:00Z")),
            ..service(ServiceId::UNLIMITED_AV_GROUPS, None, 1)
        },
    ];
    assert_eq!(table(&request)[2..], ["service:unlimited_av_groups 1 159.67 11/31"]);

    // Paid ahead: the paid month that reaches into August was charged in July.
    let mut ahead = month(EditionId::STANDARD, "2024-08");
    for (starts_at, ends_at, fee) in [
        (Some("2024-07-15T02:00:00Z"), "2024-08-14T16:00:00Z", None),
        (None, "2024-08-14T16:00:00Z", None),
        (Some("2024-07-15T02:00:00Z"), "2024-09-14T16:00:00Z", Some("service:push 1 299")),
        (None, "2024-09-14T16:00:00Z", Some("service:push 1 299")),
        // A paid month of August ends as September begins.
        (None, "2024-08-31T16:00:00Z", Some("service:push 1 299")),
    ] {
        ahead.value_added = vec![ended(ServiceId::PUSH, None, starts_at, ends_at)];
        let fees: Vec<_> = fee.into_iter().collect();
        assert_eq!(table(&ahead)[1..], fees, "{starts_at:?} {ends_at}");
    }
    // Over before the month: not in force, for every kind.
    for (edition, month_of, id, end) in [
        (EditionId::STANDARD, "2024-08", ServiceId::PUSH, "2024-07-31T16:00:00Z"),
        (EditionId::PRO, "2022-12", ServiceId::MEMBERS_PER_GROUP, "2022-11-30T16:00:00Z"),
        (EditionId::PRO, "2022-12", ServiceId::AUDIO_VIDEO_CALL, "2022-11-30T16:00:00Z"),
    ] {
        let mut request = month(edition, month_of);
        request.value_added = vec![ended(id, None, None, end)];
        assert!(matches!(bill(&request), Err(BillError::NotInForce { .. })), "{id}");
    }
}

#[test]
fn a_plan_that_ran_out_has_no_further_fee() {
    let until = |month_of: &str, ends_at: &str| {
        let mut request = month(EditionId::STANDARD, month_of);
        request.plan = Some(PlanPurchase { ends_at: Some(at(ends_at)), ..plan("2024-07-15T02:00:00Z") });
        request
    };
    let end = "2024-08-15T02:00:00Z";
    assert_eq!(table(&until("2024-07", end)), ["plan:standard 1 399"]);
    assert_eq!(table(&until("2024-08", end)), Vec::<String>::new());
    assert!(assumes(&until("2024-08", end), AssumptionId::PaidInEarlierMonth, "plan"));
    assert_eq!(table(&until("2024-09", end)), Vec::<String>::new());
    assert!(assumes(&until("2024-09", end), AssumptionId::PlanEnded, "plan"));
    assert_eq!(table(&until("2024-08", "2024-09-15T02:00:00Z")), ["plan:standard 1 399"]);
    // A plan billed afterwards, by its days: 449.99 x 10 / 31.
    let mut pro = month(EditionId::PRO, "2022-12");
    pro.plan =
        Some(PlanPurchase { ends_at: Some(at("2022-12-10T16:00:00Z")), ..plan("2022-11-01T00:00:00Z") });
    assert_eq!(table(&pro), ["plan:pro 1 145.16 10/31"]);
}

#[test]
fn a_plugin_of_the_30th_is_charged_twice_in_march() {
    let mut request = month(EditionId::STANDARD, "2023-03");
    request.value_added = vec![service(ServiceId::PUSH, None, 1)];
    request.value_added[0].starts_at = Some(at("2023-01-30T02:00:00Z"));
    // Its months run from 30 January to 28 February, from 1 to 29 March, and from 30 March on.
    assert_eq!(lines(&bill(&request).unwrap())[1], line("service:push", "2", "598"));
    assert!(assumes(&request, AssumptionId::TwoPaidMonthsStart, "value_added[0]"));
    request.month = "2023-02".parse().unwrap();
    assert_eq!(bill(&request).unwrap().lines.len(), 1);
}

#[test]
fn a_one_off_purchase_is_charged_in_its_month_and_in_no_other() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    request.value_added = vec![service(ServiceId::AI_CHATBOT_MESSAGES, None, 2)];
    assert_eq!(table(&request)[1..], ["service:ai_chatbot_messages 2 400"]);
    assert!(assumes(&request, AssumptionId::BoughtInMonth, "value_added[0]"));
    request.value_added[0].starts_at = Some(at("2024-08-31T15:59:59Z"));
    assert!(table(&request)[1..].is_empty());
    request.value_added[0].starts_at = Some(at("2024-08-31T16:00:00Z"));
    assert_eq!(table(&request)[1..], ["service:ai_chatbot_messages 2 400"]);
    request.value_added[0].starts_at = Some(at("2024-09-30T16:00:00Z"));
    assert!(bill(&request).is_err());
}

#[test]
fn usage_that_is_not_known_is_named_and_not_taken_for_none() {
    let mut request = full_2024();
    request.usage = MonthUsage::default();
    for about in [
        "usage.mau",
        "push_calls_per_day",
        "push_messages_per_month",
        "search_messages_stored",
        "search_requests_per_month",
    ] {
        assert!(assumes(&request, AssumptionId::UsageNotKnown, about), "{about}: {:?}", ids(&request));
    }
    // What is known to be none is none, and what nothing is charged for need not be known.
    let known = full_2024();
    assert!(ids(&known).iter().all(|(id, _)| *id != AssumptionId::UsageNotKnown));
    let trial = month(EditionId::FREE_TRIAL, "2024-09");
    assert!(ids(&trial).iter().all(|(id, _)| *id != AssumptionId::UsageNotKnown));
    let peaks = month(EditionId::ULTIMATE, "2022-12");
    assert!(assumes(&peaks, AssumptionId::UsageNotKnown, "usage.peak_dau"));
    assert!(assumes(&peaks, AssumptionId::UsageNotKnown, "usage.peak_groups"));
}

#[test]
fn null_is_not_zero() {
    let read = |more: &str| {
        BillRequest::from_json(&format!(
            r#"{{"catalog":"intl-2024","edition":"standard","month":"2024-08",{more}}}"#
        ))
    };
    for (more, field) in [
        (r#""usage":null"#, "usage"),
        (r#""usage":{"mau":null}"#, "usage.mau"),
        (r#""usage":{"peak_dau":null}"#, "usage.peak_dau"),
        (r#""usage":{"peak_groups":null}"#, "usage.peak_groups"),
        (r#""usage":{"push_messages":null}"#, "usage.push_messages"),
        (r#""usage":{"search_stored":null}"#, "usage.search_stored"),
        (r#""usage":{"search_requests":null}"#, "usage.search_requests"),
        (r#""usage":{"push_calls_by_day":null}"#, "usage.push_calls_by_day"),
        (r#""usage":{"push_calls_by_day":[1,null]}"#, "usage.push_calls_by_day[1]"),
        (r#""value_added":null"#, "value_added"),
        (r#""value_added":[{"id":"push","quantity":null}]"#, "value_added[0].quantity"),
        (r#""limits":null"#, "limits"),
        (r#""limits":{"free_mau":null}"#, "limits.free_mau"),
    ] {
        let error = read(more).unwrap_err().to_string();
        assert!(error.starts_with(&format!("{field}: null is not")), "{error}");
    }
    // Where there may be none of it, null says so.
    let none = r#""plan":null,"currency":null,"zone":null,"suspended_at":null,
        "value_added":[{"id":"push","tier":null,"starts_at":null,"months":null,"ends_at":null}]"#;
    let request = read(none).unwrap();
    assert_eq!((request.plan, request.usage.mau), (None, None));
    assert_eq!(bill(&request).unwrap().total(), Some(usd("698")));
}

#[test]
fn a_byte_order_mark_is_passed_over() {
    let text = "\u{feff}{\"catalog\":\"intl-2024\",\"edition\":\"standard\",\"month\":\"2024-08\",\"usage\":{\"mau\":10001}}";
    let request = BillRequest::from_json(text).unwrap();
    assert_eq!(bill(&request).unwrap().total().unwrap().amount, dec("399.015"));
}

#[test]
fn an_end_is_read_and_lies_after_the_start() {
    let read = |ends_at: &str| {
        BillRequest::from_json(&format!(
            r#"{{"catalog":"intl-2022","edition":"ultimate","month":"2022-12",
                "plan":{{"starts_at":"2022-12-11","from":"pro"}},
                "value_added":[{{"id":"unlimited_av_groups","starts_at":"2022-11-01","ends_at":"{ends_at}"}}]}}"#
        ))
    };
    assert_eq!(table(&read("2022-12-06").unwrap())[2..], ["service:unlimited_av_groups 1 72.58 5/31"]);
    let error = read("2022-11-01").unwrap_err().to_string();
    assert!(error.starts_with("value_added[0].ends_at: ") && error.contains("after `starts_at`"), "{error}");
}
