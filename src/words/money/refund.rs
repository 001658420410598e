//! Texts on what the return of prepaid orders pays back.

use std::fmt;

use super::texts;
use crate::decide::refund::Refund;
use crate::model::Locale;
use crate::model::catalog::UsedBasis;
use crate::words::format::Reader;

texts! {
    /// What comes back, how it is worked out and what follows from it, in sentences for a screen.
    Refund: refund;
}

fn refund(reader: &Reader<'_>, back: &Refund) -> Vec<String> {
    let [total, cash, credit, used] =
        [back.refund, back.cash, back.credit, back.used].map(|m| reader.money(m));
    let [effective, later] = [back.effective, back.not_yet_effective].map(|m| reader.money(m));
    let mut parts = vec![
        reader.say(
            format!("{total} come back: {cash} in cash and {credit} as credit"),
            format!("退还{total}，其中现金{cash}，赠送金{credit}"),
        ),
        reader.say(
            format!("{effective} were paid for orders in effect and {later} for orders not yet in effect"),
            format!("已生效订单付款{effective}，未生效订单付款{later}"),
        ),
        match back.basis {
            UsedBasis::Days => reader.say(
                format!("the value used, measured in days, is {used}"),
                format!("已使用价值按天计算，为{used}"),
            ),
            UsedBasis::Time => reader.say(
                format!("the value used, measured in time, is {used}"),
                format!("已使用价值按时长计算，为{used}"),
            ),
        },
    ];
    if !back.vouchers_lost.amount.is_zero() {
        let lost = reader.money(back.vouchers_lost);
        parts.push(reader.say(
            format!("vouchers are not returned, and {lost} are lost"),
            format!("代金券不退还，损失{lost}"),
        ));
    }
    if back.suspends {
        parts.push(reader.say("the return suspends the app", "退费后应用将停用"));
    }
    if back.still_charges_overage {
        parts.push(reader.say(
            "usage beyond the plan in this month is charged all the same",
            "本月超出套餐的用量仍会收费",
        ));
    }
    parts
}
