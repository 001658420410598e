//! Numbers as a person reads them: percentages, money with its thousands set apart, months by name.

use indicatif::HumanCount;

/// A share with one decimal place, as `30.9 %`; a share of nothing is none.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = (u128::from(part) * 2000 + u128::from(whole)) / (u128::from(whole) * 2);
    // All but a few is not all, and a few are not none.
    let tenths = if part > 0 && part < whole { tenths.clamp(1, 999) } else { tenths };
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// An exact amount with its thousands set apart and cents: `2,793.00`, and `399.105` where it has more.
pub(crate) fn money(exact: &str) -> String {
    let (whole, parts) = exact.split_once('.').unwrap_or((exact, ""));
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), |whole| HumanCount(whole).to_string());
    format!("{whole}.{parts:0<2}")
}

/// Texts of numbers, padded so that their decimal points stand below each other in a column aligned to the right.
pub(crate) fn on_the_point(texts: Vec<String>) -> Vec<String> {
    let places = |text: &str| text.split_once('.').map_or(0, |(_, parts)| parts.len());
    let most = texts.iter().map(|text| places(text)).max().unwrap_or(0);
    texts
        .into_iter()
        .map(|text| {
            let missing = if text.contains('.') { most - places(&text) } else { 0 };
            format!("{text}{}", " ".repeat(missing))
        })
        .collect()
}

/// `May 2004` for `2004-05`.
pub(crate) fn month(text: &str) -> String {
    let date: Result<jiff::civil::Date, _> = format!("{text}-01").parse();
    date.map_or_else(|_| text.to_owned(), |date| date.strftime("%B %Y").to_string())
}

/// `seven months`.
pub(crate) fn months(count: usize) -> String {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    match WORDS.get(count.wrapping_sub(1)) {
        Some(&"one") => "one month".to_owned(),
        Some(word) => format!("{word} months"),
        None => format!("{} months", HumanCount(count as u64)),
    }
}
