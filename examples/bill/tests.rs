//! What a person sees of a bill.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::print;

fn sample(name: &str) -> String {
    let path = format!("{}/examples/data/{name}.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn printed(name: &str, as_of: Option<&str>, width: u16) -> String {
    print(&sample(name), as_of.map(|at| at.parse().unwrap()), false, width).unwrap()
}

const SAMPLES: [&str; 6] = [
    "cn-dau-professional",
    "intl-2022-modify",
    "intl-2022-upgrade",
    "intl-2024-premium",
    "intl-2024-standard",
    "intl-2024-suspended",
];

#[test]
fn money_stands_on_its_point_with_cents_separators_and_shares() {
    let text = printed("intl-2024-standard", None, 120);
    assert!(text.starts_with("August 2024, Standard (intl-2024): 1,490.375 USD\n"), "{text}");
    let line = |what: &str| {
        text.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}: {text}"))
    };
    let active = line("Monthly active users beyond the quota");
    assert!(active.contains("┆    2,345 ┆      0.015 ┆    35.175 ┆   2.4 % ┆ next month"), "{active}");
    assert!(line("Push messages beyond").contains("┆      0.10  ┆     0.20  ┆   0.0 %"), "{text}");
    let total = line("│ Total");
    assert!(total.contains("1,490.375 ┆ 100.0 %"), "{total}");
    let points: Vec<usize> =
        [active, total].iter().map(|line| line.rfind(".375").or(line.rfind(".175")).unwrap()).collect();
    assert_eq!(points[0], points[1]);
    let above = text.lines().take_while(|line| !line.contains("│ Total")).last().unwrap();
    assert!(above.starts_with("├──"), "{above}");
    assert!(text.contains("\n[1] Chat Purchase Guide: Pricing (2024-07-22)\n"), "{text}");
    assert!(text.contains("Deducted from 1 September 2024 to 3 September 2024: 43.375 USD"), "{text}");
}

#[test]
fn notes_are_in_words_and_said_once() {
    let text = printed("intl-2024-standard", None, 200);
    let note = "- Push Plugin (TIM Push); Cloud Search (Cloud Message Search): No date of purchase was given: taken as";
    assert!(text.contains(note), "{text}");
    for name in SAMPLES {
        let text = printed(name, None, 120);
        for id in
            ["value_added", "usage.", "plan:", "service:", "overage:", "suspended_at", "seeds/", "_per_"]
        {
            assert!(!text.contains(id), "{name}: {id} in\n{text}");
        }
    }
}

#[test]
fn no_path_of_a_source_is_printed() {
    for name in SAMPLES {
        for as_of in [None, Some("2030-01-01T00:00:00Z".parse().unwrap())] {
            let json = print(&sample(name), as_of, true, 120).unwrap();
            assert!(!json.contains("seeds/") && json.contains("\"document\""), "{json}");
        }
    }
}

#[test]
fn no_word_is_cut_at_any_width() {
    for name in SAMPLES {
        let words = |text: &str| -> Vec<String> {
            let mut words: Vec<String> =
                text.split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect();
            words.sort_unstable();
            words.dedup();
            words
        };
        let whole = words(&printed(name, None, 400));
        for width in [60, 72, 80, 100, 120] {
            let text = printed(name, None, width);
            let cut: Vec<String> = words(&text).into_iter().filter(|word| !whole.contains(word)).collect();
            assert!(cut.is_empty(), "{name} at {width}: {cut:?}\n{text}");
            let wide = text.lines().find(|line| textwrap::core::display_width(line) > usize::from(width));
            assert_eq!(wide, None, "{name} at {width}");
        }
    }
}

#[test]
fn a_narrow_terminal_still_gets_a_table_with_a_total() {
    for name in SAMPLES {
        let text = printed(name, None, 60);
        assert!(text.contains("│ Total "), "{name}: {text}");
    }
}

#[test]
fn a_month_that_is_over_is_billed_once_and_has_no_next_user() {
    let text = printed("intl-2024-standard", Some("2024-10-11T16:00:00Z"), 120);
    assert!(text.starts_with("The month is over: this is its bill.\n\nAugust 2024, Standard"), "{text}");
    assert_eq!(text.matches("│ Total").count(), 1);
    assert!(!text.contains("next active user") && !text.contains("goes on"), "{text}");
    // The first instant after it, in the billing zone.
    assert!(
        printed("intl-2024-standard", Some("2024-08-31T16:00:00Z"), 120).starts_with("The month is over")
    );
    assert!(!printed("intl-2024-standard", Some("2024-08-31T15:59:59Z"), 120).contains("is over"));
}

#[test]
fn a_forecast_says_both_ends_and_what_daily_overage_is_taken_to_be() {
    let text = printed("intl-2024-standard", Some("2024-08-11T16:00:00Z"), 160);
    assert!(text.contains("\nLow, if nothing is added: 1,490.375 USD\n"), "{text}");
    assert!(text.contains("\nLinear, if usage goes on at its pace: 2,592.665 USD\n"), "{text}");
    assert!(text.contains("\nThe next active user: 0.015 USD\n"), "{text}");
    assert!(
        text.contains("- Push calls: At this pace, each day that is left is taken to have the average"),
        "{text}"
    );
}

#[test]
fn the_readme_quotes_what_is_printed() {
    let command = "cargo run --example bill -- examples/data/intl-2024-standard.json";
    let text = printed("intl-2024-standard", None, 120);
    assert_eq!(crate::readme::quoted(command), text.lines().collect::<Vec<_>>());
    let as_of = "2024-08-11T16:00:00Z";
    let text = printed("intl-2024-standard", Some(as_of), 120);
    let quoted = crate::readme::quoted(&format!("{command} --as-of {as_of}"));
    assert_eq!(quoted, text.lines().take(quoted.len()).collect::<Vec<_>>());
}
