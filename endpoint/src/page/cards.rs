//! The pieces that the overview is made of: figures, bars, lists of facts.

use maud::{Markup, html};

use super::words::In;
use crate::numbers::number;

/// A large figure, what it is compared with, and where it is going.
pub(super) struct Figure<'a> {
    /// What it is.
    pub(super) name: &'a str,
    /// How much; `None` is not known.
    pub(super) value: Option<u64>,
    /// How much is included or allowed; `None` draws no bar.
    pub(super) of: Option<u64>,
    /// What is said of `of`, with the number in it.
    pub(super) beside: String,
    /// Where it is going, or why it is not known.
    pub(super) below: String,
    /// How much there will be, drawn as a mark.
    pub(super) ahead: Option<u64>,
}

/// How near a limit is.
pub(super) fn tone(value: u64, of: u64) -> &'static str {
    match u128::from(value) * 100 {
        used if used >= u128::from(of) * 100 => "bad",
        used if used >= u128::from(of) * 80 => "warn",
        _ => "good",
    }
}

pub(super) fn figure(language: In, figure: &Figure<'_>) -> Markup {
    let compared = figure.value.zip(figure.of.filter(|of| *of > 0));
    html! {
        section.card.figure data-tone=[compared.map(|(value, of)| tone(value, of))] {
            h2 { (figure.name) }
            p.value {
                @match figure.value {
                    Some(value) => { (number(value)) }
                    None => { span.unknown { (language.say("not known", "未知")) } }
                }
                @if !figure.beside.is_empty() { " " span.beside { (figure.beside) } }
            }
            @if let Some((value, of)) = compared { (bar(value, of, figure.ahead)) }
            @if !figure.below.is_empty() { p.quiet { (figure.below) } }
        }
    }
}

/// A bar of a thousand steps; what it shows stands in words beside it. The end of the bar is the largest of the three.
fn bar(value: u64, of: u64, ahead: Option<u64>) -> Markup {
    let end = value.max(of).max(ahead.unwrap_or(0)).max(1);
    let at = |figure: u64| u64::try_from(u128::from(figure) * 1_000 / u128::from(end)).unwrap_or(1_000);
    html! {
        svg.bar aria-hidden="true" viewBox="0 0 1000 12" preserveAspectRatio="none" {
            rect.track width="1000" height="12" {}
            @if let Some(ahead) = ahead.filter(|ahead| *ahead > value) {
                rect.ahead width=(at(ahead)) height="12" {}
            }
            rect.fill width=(at(value)) height="12" {}
            @if of < end { rect.limit x=(at(of).saturating_sub(2)) width="4" height="12" {} }
        }
    }
}

/// Terms and what they are.
pub(super) fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in rows { div { dt { (name) } dd { (value) } } }
        }
    }
}

/// Sentences, one below the other.
pub(super) fn sentences<'a>(sentences: impl IntoIterator<Item = &'a str>) -> Markup {
    html! { @for sentence in sentences { p { (sentence) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_good_up_to_four_fifths_and_bad_from_the_whole_on() {
        assert_eq!((tone(79, 100), tone(80, 100), tone(100, 100)), ("good", "warn", "bad"));
        assert_eq!(tone(u64::MAX, u64::MAX), "bad");
    }
}
