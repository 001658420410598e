//! Numbers, money, dates, lengths of time and lists as people read them, in the language of the reader.
//!
//! Dates are put together here: what formats any date in any way is 20,000 bytes of a phone's library.

mod spacing;

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use rust_decimal::Decimal;

use crate::model::{BillingMonth, BillingZone, Locale, Money, Timestamp};
use spacing::spaced;

/// Who a text is for: the language, the zone of dates, and the present time where it is known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) locale: Locale,
    /// The zone in which dates are given; UTC where there is none. Dates always name their zone.
    pub(crate) zone: Option<&'a BillingZone>,
    /// With it, instants of the next days also say how far off they are.
    pub(crate) now: Option<Timestamp>,
}

impl Reader<'static> {
    /// A reader of whom only the language is known.
    pub(crate) const fn of(locale: Locale) -> Self {
        Self { locale, zone: None, now: None }
    }
}

impl Reader<'_> {
    /// One of two texts.
    pub(crate) const fn pick<'t>(&self, english: &'t str, chinese: &'t str) -> &'t str {
        match self.locale {
            Locale::En => english,
            Locale::ZhHans => chinese,
        }
    }

    /// One of two texts that were put together. In Chinese a space parts ideographs from letters and digits.
    pub(crate) fn say(&self, english: impl Into<String>, chinese: impl Into<String>) -> String {
        match self.locale {
            Locale::En => english.into(),
            Locale::ZhHans => spaced(&chinese.into()),
        }
    }

    /// Sentences in a row; each comes without its full stop. Empty ones are left out.
    pub(crate) fn sentences(&self, parts: impl IntoIterator<Item = String>) -> String {
        let mut out = String::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            match self.locale {
                Locale::En => {
                    if !out.is_empty() {
                        out.push(' ');
                    }
                    out.push_str(&capital(&part));
                    out.push('.');
                }
                Locale::ZhHans => {
                    out.push_str(&part);
                    out.push('。');
                }
            }
        }
        out
    }

    /// The first two of several sentences as one line, without a full stop.
    pub(crate) fn line(&self, mut parts: Vec<String>) -> String {
        parts.truncate(2);
        parts.join(self.pick("; ", "；"))
    }

    /// `A, B and C`, or `A、B和C`.
    pub(crate) fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [most @ .., last] => match self.locale {
                Locale::En => format!("{} and {last}", most.join(", ")),
                Locale::ZhHans => spaced(&format!("{}和{last}", most.join("、"))),
            },
        }
    }

    /// An amount with its currency, and cents only where there are some: `1,499.50 USD`.
    pub(crate) fn money(&self, money: Money) -> String {
        let amount = money.amount.normalize();
        let places = if amount.scale() == 0 { 0 } else { amount.scale().max(2) as usize };
        let text = format!("{:.places$}", amount.abs());
        let (whole, cents) = text.split_at(text.find('.').unwrap_or(text.len()));
        let sign = if amount.is_sign_negative() && !amount.is_zero() { "-" } else { "" };
        let code = money.currency.as_str();
        let unit = match (self.locale, code) {
            (Locale::ZhHans, "USD") => "美元",
            (Locale::ZhHans, "CNY") => "元",
            _ => code,
        };
        format!("{sign}{}{cents} {unit}", grouped(whole))
    }

    /// A calendar day: `1 September 2024`.
    pub(crate) fn date(&self, day: Date) -> String {
        let (year, month, number) = (year(day), day.month(), day.day());
        match self.locale {
            Locale::En => format!("{number} {} {year}", name(month)),
            Locale::ZhHans => format!("{year}年{month}月{number}日"),
        }
    }

    /// A calendar month: `August 2024`.
    pub(crate) fn month(&self, month: BillingMonth) -> String {
        let day = month.first_date();
        let (year, month) = (year(day), day.month());
        match self.locale {
            Locale::En => format!("{} {year}", name(month)),
            Locale::ZhHans => format!("{year}年{month}月"),
        }
    }

    /// A date with the time of day and the zone: `1 August 2024, 08:00 (UTC+08:00)`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        self.dated(at, "")
    }

    /// The end of a wait, which may be seconds away: as [`Self::moment`], to the next whole second where it is not a
    /// whole minute.
    pub(crate) fn instant(&self, at: Timestamp) -> String {
        let beyond = at.as_millis().rem_euclid(1000);
        let at = if beyond == 0 { at } else { at.plus(Duration::from_millis(1000 - beyond.unsigned_abs())) };
        let second = self.place(at).0.second();
        if second == 0 { self.moment(at) } else { self.dated(at, &format!(":{second:02}")) }
    }

    fn dated(&self, at: Timestamp, seconds: &str) -> String {
        let (when, zone) = self.place(at);
        let (day, hour, minute) = (self.date(when.date()), when.hour(), when.minute());
        let text = match self.locale {
            Locale::En => format!("{day}, {hour:02}:{minute:02}{seconds} ({zone})"),
            Locale::ZhHans => format!("{day} {hour:02}:{minute:02}{seconds}（{zone}）"),
        };
        let ahead = self.now.filter(|now| *now < at).map(|now| at.since(now));
        match ahead.filter(|ahead| *ahead < SOON) {
            Some(ahead) => self.say(
                format!("{text}, in {}", self.length(ahead)),
                format!("{text}（还有{}）", self.length(ahead)).replace("）（", "，"),
            ),
            None => text,
        }
    }

    fn place(&self, at: Timestamp) -> (DateTime, String) {
        match self.zone {
            Some(zone) => {
                let named = if zone.is_offset() { format!("UTC{zone}") } else { zone.to_string() };
                (zone.datetime(at), named)
            }
            None => (BillingZone::UTC.datetime(at), "UTC".to_owned()),
        }
    }

    /// A length of time in its largest whole unit, rounded down.
    pub(crate) fn length(&self, length: Duration) -> String {
        let seconds = length.as_secs();
        match seconds {
            0..60 => self.say("less than a minute", "不到一分钟"),
            60..3600 => self.units(seconds / 60, ["minute", "minutes"], "分钟"),
            3600..DAY => self.units(seconds / 3600, ["hour", "hours"], "小时"),
            _ => self.days(seconds / DAY),
        }
    }

    /// A number of days.
    pub(crate) fn days(&self, days: u64) -> String {
        self.units(days, ["day", "days"], "天")
    }

    /// A number of hours; whole days as days, from two days on.
    pub(crate) fn hours(&self, hours: u32) -> String {
        self.units(u64::from(hours), ["hour", "hours"], "小时")
    }

    /// A number with its noun, singular or plural, or with its Chinese measure word.
    pub(crate) fn units(&self, count: u64, [one, many]: [&str; 2], measure: &str) -> String {
        let number = number(count);
        let noun = if count == 1 { one } else { many };
        self.say(format!("{number} {noun}"), format!("{number} {measure}"))
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A month, which is 1 to 12.
fn name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|place| MONTHS.get(place)).copied().unwrap_or_default()
}

/// A year, of four digits.
fn year(day: Date) -> String {
    format!("{:04}", day.year())
}

const DAY: u64 = 24 * 3600;

/// For how long before an instant a text also says how far off it is.
const SOON: Duration = Duration::from_secs(2 * DAY);

/// A number with separators: `10,000`.
pub(crate) fn number(value: u64) -> String {
    grouped(&value.to_string())
}

/// An exact number, which may have a fraction: `2,345.5`.
pub(crate) fn exact(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    format!("{sign}{}{fraction}", grouped(digits))
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A share of a limit: `95%`.
pub(crate) fn percent(share: u8) -> String {
    format!("{share}%")
}

/// With a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_what_the_patterns_of_their_language_say() {
        for year in [-9999, -1, 0, 7, 999, 1970, 2024, 9999] {
            for (month, number) in [(1, 1), (2, 28), (9, 30), (12, 31)] {
                let day = Date::constant(year, month, number);
                assert_eq!(EN.date(day), day.strftime("%-d %B %Y").to_string());
                assert_eq!(ZH.date(day), day.strftime("%Y年%-m月%-d日").to_string());
            }
        }
        for first in (1..=12).map(|month| Date::constant(2024, month, 1)) {
            let month = BillingMonth::of(first);
            assert_eq!(EN.month(month), first.strftime("%B %Y").to_string());
            assert_eq!(ZH.month(month), first.strftime("%Y年%-m月").to_string());
        }
    }
    use crate::model::Currency;

    const EN: Reader<'static> = Reader::of(Locale::En);
    const ZH: Reader<'static> = Reader::of(Locale::ZhHans);

    #[test]
    fn numbers_have_separators() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (30_000_000, "30,000,000")] {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn exact_numbers_keep_their_fraction() {
        for (value, text) in
            [("0", "0"), ("2345.50", "2,345.5"), ("-1234567", "-1,234,567"), ("0.015", "0.015")]
        {
            assert_eq!(exact(value.parse().unwrap()), text);
        }
    }

    #[test]
    fn days_and_months_follow_the_language() {
        let (day, month) = (jiff::civil::date(2024, 9, 3), "2024-09".parse().unwrap());
        assert_eq!((EN.date(day), EN.month(month)), ("3 September 2024".into(), "September 2024".into()));
        assert_eq!((ZH.date(day), ZH.month(month)), ("2024年9月3日".into(), "2024年9月".into()));
    }

    #[test]
    fn money_has_cents_only_where_there_are_some() {
        for (amount, text) in [
            ("300", "300 USD"),
            ("300.00", "300 USD"),
            ("1499.5", "1,499.50 USD"),
            ("0.0150", "0.015 USD"),
            ("-50.25", "-50.25 USD"),
            ("-0", "0 USD"),
            ("1234567", "1,234,567 USD"),
        ] {
            let money = Money::new(amount.parse().unwrap(), Currency::Usd);
            assert_eq!(EN.money(money), text);
            assert_eq!(ZH.money(money), text.replace("USD", "美元"));
        }
    }

    #[test]
    fn dates_name_their_zone() {
        let at: Timestamp = "2024-07-31T16:30:00Z".parse().unwrap();
        assert_eq!(EN.moment(at), "31 July 2024, 16:30 (UTC)");
        assert_eq!(ZH.moment(at), "2024年7月31日 16:30（UTC）");
        let zone = BillingZone::default();
        assert_eq!(Reader { zone: Some(&zone), ..EN }.moment(at), "1 August 2024, 00:30 (UTC+08:00)");
    }

    #[cfg(feature = "zones")]
    #[test]
    fn dates_name_a_zone_by_its_iana_name() {
        let (at, zone) =
            ("2024-07-31T16:30:00Z".parse().unwrap(), "Asia/Shanghai".parse::<BillingZone>().unwrap());
        assert_eq!(Reader { zone: Some(&zone), ..ZH }.moment(at), "2024年8月1日 00:30（Asia/Shanghai）");
    }

    #[test]
    fn instants_of_the_next_days_say_how_far_off_they_are() {
        let at: Timestamp = "2024-07-31T16:30:00Z".parse().unwrap();
        let before = |seconds| Some(at.minus(Duration::from_secs(seconds)));
        let reader = Reader { now: before(3 * 3600 + 59), ..EN };
        assert_eq!(reader.moment(at), "31 July 2024, 16:30 (UTC), in 3 hours");
        let reader = Reader { now: before(60), ..ZH };
        assert_eq!(reader.moment(at), "2024年7月31日 16:30（UTC，还有 1 分钟）");
        for now in [before(0), before(3 * 24 * 3600), Some(at.plus(Duration::from_secs(5)))] {
            assert_eq!(Reader { now, ..EN }.moment(at), "31 July 2024, 16:30 (UTC)");
        }
    }

    #[test]
    fn the_end_of_a_wait_is_given_to_the_second() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(EN.instant(at("2024-07-31T16:30:00Z")), "31 July 2024, 16:30 (UTC)");
        assert_eq!(EN.instant(at("2024-07-31T16:30:07Z")), "31 July 2024, 16:30:07 (UTC)");
        // Never before the wait is over.
        assert_eq!(EN.instant(at("2024-07-31T16:30:07.001Z")), "31 July 2024, 16:30:08 (UTC)");
        assert_eq!(ZH.instant(at("2024-07-31T16:30:59.5Z")), "2024年7月31日 16:31（UTC）");
        assert_eq!(ZH.instant(at("2024-07-31T16:30:58.5Z")), "2024年7月31日 16:30:59（UTC）");
    }

    #[test]
    fn lengths_are_in_their_largest_whole_unit() {
        for (seconds, english, chinese) in [
            (59, "less than a minute", "不到一分钟"),
            (60, "1 minute", "1 分钟"),
            (7199, "1 hour", "1 小时"),
            (7200, "2 hours", "2 小时"),
            (86_400, "1 day", "1 天"),
            (90_000_000, "1,041 days", "1,041 天"),
        ] {
            let length = Duration::from_secs(seconds);
            assert_eq!((EN.length(length).as_str(), ZH.length(length).as_str()), (english, chinese));
        }
    }

    #[test]
    fn lists_and_sentences_follow_the_language() {
        let items = ["push", "Desk", "calls"].map(str::to_owned);
        assert_eq!(EN.list(&items), "push, Desk and calls");
        assert_eq!(
            ZH.list(&["推送", "Desk", "通话"].map(str::to_owned)),
            "推送、Desk和通话".replace("Desk和", "Desk 和")
        );
        let parts = || ["one".to_owned(), String::new(), "two".to_owned()];
        assert_eq!(EN.sentences(parts()), "One. Two.");
        assert_eq!(ZH.sentences(["甲".to_owned(), "乙".to_owned()]), "甲。乙。");
    }

    #[test]
    fn chinese_is_set_with_spaces_around_letters_and_digits() {
        assert_eq!(ZH.say("", "已用95%的MAU额度，共10名"), "已用 95% 的 MAU 额度，共 10 名");
        assert_eq!(ZH.say("", "自2024年8月1日起"), "自 2024年8月1日起");
    }
}
