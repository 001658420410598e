//! Texts on bills and their lines.

use std::fmt;

use rust_decimal::Decimal;

use super::assumption::each_once;
use super::included;
use super::item::item;
use super::{amount, texts};
use crate::decide::bill::{Bill, BillLine, Due};
use crate::model::{Locale, Money};
use crate::words::format::{Reader, exact, number};

texts! {
    /// What the month costs, what is included, every line, when it is paid and what the bill takes for granted, in
    /// sentences for a screen.
    Bill: bill;
    /// What is charged, how it is worked out and when it is paid, in sentences for a screen.
    BillLine: line;
}

fn bill(reader: &Reader<'_>, bill: &Bill) -> Vec<String> {
    let (edition, month) = (bill.edition.name(reader.locale), reader.month(bill.month));
    let total = total(reader, bill);
    let mut parts =
        vec![reader.say(format!("{edition}, {month}: {total}"), format!("{edition}，{month}：{total}"))];
    parts.extend(bill.included.iter().map(|usage| included::clause(reader, usage)));
    parts.extend(bill.lines.iter().map(|line| charge(reader, line)));
    let window = &bill.deduction;
    let (first, last) = (reader.date(window.first), reader.date(window.last));
    let deducted = amount(reader, window.amount(), window.is_free());
    parts.push(if window.is_free() {
        reader.say("nothing is left to deduct after the month", "月后无需扣费")
    } else {
        reader.say(
            format!("deducted from {first} to {last}: {deducted}"),
            format!("扣费日期为{first}至{last}，金额：{deducted}"),
        )
    });
    parts.extend(each_once(reader, &bill.assumptions));
    parts
}

/// The sum of a bill.
pub(super) fn total(reader: &Reader<'_>, bill: &Bill) -> String {
    match bill.total() {
        Some(total) if !bill.is_free() => reader.money(total),
        _ if bill.is_free() => reader.say("free of charge", "免费"),
        _ => reader.say(
            "no total, because the price list does not state every price",
            "价目表未说明全部价格，因此没有总额",
        ),
    }
}

fn line(reader: &Reader<'_>, line: &BillLine) -> Vec<String> {
    let mut parts = vec![charge(reader, line), due(reader, line.due)];
    if line.reading {
        parts.push(reader.say(
            "the price list leaves the rounding or the proportion open, and this is planguard's reading",
            "价目表未说明取整或比例的算法，此处按 planguard 的理解计算",
        ));
    }
    parts
}

/// `Monthly active users beyond those included: 35.175 USD (2,345 at 0.015 USD each)`.
fn charge(reader: &Reader<'_>, line: &BillLine) -> String {
    let item = item(reader, &line.item);
    let result = amount(reader, line.amount(), line.is_free());
    let how: Vec<String> = [quantity(reader, line), share(reader, line)].into_iter().flatten().collect();
    let how = match how.join(reader.pick(", ", "，")) {
        empty if empty.is_empty() => String::new(),
        how => reader.say(format!(" ({how})"), format!("（{how}）")),
    };
    reader.say(format!("{item}: {result}{how}"), format!("{item}：{result}{how}"))
}

/// How many units, each at what price; nothing for a single fee that is charged whole.
fn quantity(reader: &Reader<'_>, line: &BillLine) -> Option<String> {
    let single = line.quantity == Decimal::ONE;
    let price: Option<Money> = line.unit_price().filter(|_| !line.is_free());
    if single && line.per == 1 {
        let price = reader.money(price.filter(|_| line.share.is_some())?);
        return Some(reader.say(format!("whole {price}"), format!("全额{price}")));
    }
    let (quantity, per) = (exact(line.quantity), number(line.per));
    let units = if line.per == 1 {
        reader.say(quantity.clone(), format!("数量{quantity}"))
    } else {
        let blocks = if single { "block" } else { "blocks" };
        reader.say(format!("{quantity} {blocks} of {per}"), format!("{quantity}个{per}的计费单位"))
    };
    Some(match price.map(|price| reader.money(price)) {
        Some(price) => reader.say(format!("{units} at {price} each"), format!("{units}，单价{price}")),
        None => units,
    })
}

/// The part of the month.
fn share(reader: &Reader<'_>, line: &BillLine) -> Option<String> {
    let share = line.share?;
    let (days, of) = (number(u64::from(share.days)), reader.days(u64::from(share.of)));
    Some(reader.say(format!("for {days} of {of}"), format!("按{of}中的{days}天计")))
}

fn due(reader: &Reader<'_>, due: Due) -> String {
    match due {
        Due::InAdvance => reader.say("paid in advance", "预付"),
        Due::Daily => reader.say("paid day by day", "按日扣费"),
        Due::NextMonth => reader.say("deducted in the month after", "次月扣费"),
    }
}
