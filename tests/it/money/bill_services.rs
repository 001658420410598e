//! Bills with their numbers worked by hand: services and plugins.

use planguard::decide::bill::{AssumptionId, Due, PlanPurchase, bill};
use planguard::{EditionId, ServiceId};

use super::worked::{assumed, at, dec, line, lines, month, service, usd};

#[test]
fn services_of_2022_have_the_price_of_their_edition_and_tier() {
    const PRO: EditionId = EditionId::PRO;
    const ULTIMATE: EditionId = EditionId::ULTIMATE;
    const AUDIO_VIDEO_CALL: ServiceId = ServiceId::AUDIO_VIDEO_CALL;
    const GROUPS_PER_USER: ServiceId = ServiceId::GROUPS_PER_USER;
    const HISTORY_RETENTION: ServiceId = ServiceId::HISTORY_RETENTION;
    const MEMBERS_PER_GROUP: ServiceId = ServiceId::MEMBERS_PER_GROUP;
    const UNLIMITED_AV_GROUPS: ServiceId = ServiceId::UNLIMITED_AV_GROUPS;
    let held = |edition, id, tier| {
        let mut request = month(edition, "2022-12");
        request.value_added = vec![service(id, tier, 1)];
        bill(&request).unwrap().lines[1].amount().unwrap()
    };
    for (edition, id, tier, price) in [
        (PRO, UNLIMITED_AV_GROUPS, None, "449.99"),
        (PRO, MEMBERS_PER_GROUP, None, "239.99"),
        (ULTIMATE, MEMBERS_PER_GROUP, None, "239.99"),
        (PRO, GROUPS_PER_USER, None, "449.99"),
        (ULTIMATE, GROUPS_PER_USER, None, "449.99"),
        (PRO, HISTORY_RETENTION, Some("30"), "99.99"),
        (PRO, HISTORY_RETENTION, Some("90"), "179.99"),
        (PRO, HISTORY_RETENTION, Some("180"), "269.99"),
        (PRO, HISTORY_RETENTION, Some("360"), "399.99"),
        (ULTIMATE, HISTORY_RETENTION, Some("90"), "99.99"),
        (ULTIMATE, HISTORY_RETENTION, Some("180"), "179.99"),
        (ULTIMATE, HISTORY_RETENTION, Some("360"), "319.99"),
        (EditionId::FREE, AUDIO_VIDEO_CALL, None, "0"),
    ] {
        assert_eq!(held(edition, id, tier), usd(price), "{edition} {id} {tier:?}");
    }
}

#[test]
fn history_retention_is_charged_for_the_whole_month_of_activation_other_services_by_day() {
    let mut request = month(EditionId::PRO, "2022-11");
    request.plan =
        Some(PlanPurchase { starts_at: at("2022-11-15T16:00:00Z"), months: None, from: None, ends_at: None });
    request.value_added = vec![
        service(ServiceId::HISTORY_RETENTION, Some("90"), 1),
        service(ServiceId::UNLIMITED_AV_GROUPS, None, 1),
    ];
    // Upgraded on the 16th: 15 of 30 days. 449.99 / 2 = 224.995, half up 225; 179.99 whole.
    assert_eq!(
        lines(&bill(&request).unwrap()),
        [
            line("plan:pro", "1", "225"),
            line("service:history_retention:90", "1", "179.99"),
            line("service:unlimited_av_groups", "1", "225"),
        ]
    );
}

#[test]
fn desk_includes_three_agents_and_each_further_one_costs_50() {
    let mut request = month(EditionId::PREMIUM, "2024-08");
    // Five seats: three with Desk, two bought. 699 + 299 + 2 x 50 = 1,098.
    request.value_added = vec![service(ServiceId::DESK, None, 1), service(ServiceId::DESK_AGENT, None, 2)];
    let bill = bill(&request).unwrap();
    assert_eq!(bill.lines[2].amount(), Some(usd("100")));
    assert_eq!(bill.total(), Some(usd("1098")));
}

#[test]
fn chatbots_are_charged_each_and_message_packs_are_free_while_the_offer_stands() {
    let mut request = month(EditionId::STANDARD, "2024-06");
    request.value_added = vec![
        service(ServiceId::AI_CHATBOT_STARTER, None, 2),
        service(ServiceId::AI_CHATBOT_PREMIUM, None, 1),
        service(ServiceId::AI_CHATBOT_MESSAGES, None, 3),
    ];
    // 399 + 2 x 200 + 600, the packs waived until 30 June 2024.
    let june = bill(&request).unwrap();
    assert_eq!(june.total(), Some(usd("1399")));
    assert!(assumed(&june, AssumptionId::OfferStands));
    // From July on 3 x 200 more, as long as no later end of the offer is announced.
    request.month = "2024-07".parse().unwrap();
    let july = bill(&request).unwrap();
    assert_eq!(july.total(), Some(usd("1999")));
    assert!(assumed(&july, AssumptionId::OfferEnded));
    // The day of purchase decides: the last of June in Beijing ends at 16:00 UTC.
    request.month = "2024-06".parse().unwrap();
    request.value_added[2].starts_at = Some(at("2024-06-30T15:59:59.999Z"));
    assert_eq!(bill(&request).unwrap().total(), Some(usd("1399")));
    request.month = "2024-07".parse().unwrap();
    request.value_added[2].starts_at = Some(at("2024-06-30T16:00:00Z"));
    assert_eq!(bill(&request).unwrap().total(), Some(usd("1999")));
}

#[test]
fn a_message_pack_is_billed_once() {
    let mut request = month(EditionId::STANDARD, "2024-09");
    request.value_added = vec![service(ServiceId::AI_CHATBOT_MESSAGES, None, 1)];
    request.value_added[0].starts_at = Some(at("2024-08-10T00:00:00Z"));
    assert_eq!(lines(&bill(&request).unwrap()), [line("plan:standard", "1", "399")]);
    request.month = "2024-08".parse().unwrap();
    assert_eq!(bill(&request).unwrap().total(), Some(usd("599")));
}

#[test]
fn call_has_a_free_tier_of_seven_days_and_two_paid_ones() {
    let total = |tier| {
        let mut request = month(EditionId::STANDARD, "2024-08");
        request.value_added = vec![service(ServiceId::CALL, Some(tier), 1)];
        bill(&request).unwrap().total().unwrap().amount - dec("399")
    };
    assert_eq!(total("free"), dec("0"));
    assert_eq!(total("one_to_one"), dec("199"));
    assert_eq!(total("group"), dec("599"));
    // The free week first and the paid tier from the 8th on: 0 + 199.
    let mut both = month(EditionId::STANDARD, "2024-08");
    both.value_added =
        vec![service(ServiceId::CALL, Some("free"), 1), service(ServiceId::CALL, Some("one_to_one"), 1)];
    both.value_added[1].starts_at = Some(at("2024-08-08T00:00:00Z"));
    assert_eq!(bill(&both).unwrap().total(), Some(usd("598")));
    // Seven days from 26 July end with 1 August; from 25 July with 31 July.
    let mut request = month(EditionId::STANDARD, "2024-08");
    request.value_added = vec![service(ServiceId::CALL, Some("free"), 1)];
    request.value_added[0].starts_at = Some(at("2024-07-26T00:00:00Z"));
    assert!(bill(&request).is_ok());
    request.value_added[0].starts_at = Some(at("2024-07-25T00:00:00Z"));
    let error = bill(&request).unwrap_err().to_string();
    assert!(error.contains("until 2024-08-01, not in 2024-08"), "{error}");
}

#[test]
fn push_calls_are_charged_day_by_day_and_messages_by_the_started_block() {
    let mut request = month(EditionId::STANDARD, "2024-08");
    request.value_added = vec![service(ServiceId::PUSH, None, 1)];
    // 5 + 0 + 20 calls over 100 a day at 10 each: a quiet day does not make up for a busy one.
    request.usage.push_calls_by_day = vec![105, 20, 120];
    // 10,001 messages over 30 million: two started blocks of 10,000 at 0.1.
    request.usage.push_messages = Some(30_010_001);
    let bill = bill(&request).unwrap();
    assert_eq!(
        lines(&bill),
        [
            line("plan:standard", "1", "399"),
            line("service:push", "1", "299"),
            line("overage:push_calls_per_day", "25", "250"),
            line("overage:push_messages_per_month", "2", "0.2"),
        ]
    );
    assert_eq!(bill.total(), Some(usd("948.2")));
    assert_eq!((bill.lines[2].due, bill.lines[2].reading), (Due::Daily, false));
    assert_eq!((bill.lines[3].due, bill.lines[3].reading), (Due::NextMonth, true));
}

#[test]
fn cloud_search_is_charged_by_started_blocks_of_storage_and_requests() {
    let mut request = month(EditionId::PREMIUM, "2024-08");
    request.value_added = vec![service(ServiceId::CLOUD_SEARCH, None, 1)];
    request.usage.search_stored = Some(1_500_000);
    request.usage.search_requests = Some(300_000);
    // 699 + 399.
    assert_eq!(bill(&request).unwrap().total(), Some(usd("1098")));
    // 30,001 over 1.5 million: two blocks of 30,000. 1 over 300,000: one of 10,000. (2 + 1) x 4.
    request.usage.search_stored = Some(1_530_001);
    request.usage.search_requests = Some(300_001);
    assert_eq!(bill(&request).unwrap().total(), Some(usd("1110")));
}

#[test]
fn usage_that_nothing_meters_is_named_and_not_charged() {
    let mut request = month(EditionId::STANDARD, "2024-08");
    request.usage.push_messages = Some(90_000_000);
    request.usage.peak_dau = Some(50_000);
    let with_none = bill(&request).unwrap();
    assert_eq!(with_none.total(), Some(usd("399")));
    let ids: Vec<_> = with_none.assumptions.iter().map(|a| (a.id, a.about.as_str())).collect();
    assert!(ids.contains(&(AssumptionId::WithoutService, "push_messages_per_month")), "{ids:?}");
    assert!(ids.contains(&(AssumptionId::NotMetered, "usage.peak_dau")), "{ids:?}");
    let mut older = month(EditionId::PRO, "2022-12");
    older.usage.search_requests = Some(1);
    older.usage.mau = Some(1);
    assert!(assumed(&bill(&older).unwrap(), AssumptionId::NotMetered));
}
