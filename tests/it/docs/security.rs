//! The threat model keeps up with the code: each threat has its promise, its means, its tests and its limit, and the tests
//! exist.

use std::collections::BTreeSet;

use support::root;

/// Threats of the model, by their headings.
const THREATS: &[&str] = &[
    "A tampered cache",
    "A replayed document",
    "A forged endpoint",
    "A captive portal",
    "A broken endpoint",
    "A restored backup",
    "A changed clock",
    "Hostile code of the host",
    "A second process on the same file",
    "A stolen device",
    "Leaked logs",
    "A guessed account",
    "A compromised dependency",
];

fn model() -> String {
    std::fs::read_to_string(root().join("docs/SECURITY.md")).unwrap().replace('\r', "")
}

#[test]
fn each_threat_says_what_is_promised_by_which_means_and_what_cannot_be() {
    let text = model();
    let threats = text.split_once("\n## Threats\n").unwrap().1.split_once("\n## ").unwrap().0;
    let sections: Vec<(&str, &str)> =
        threats.split("\n### ").skip(1).map(|section| section.split_once('\n').unwrap()).collect();
    let names: Vec<&str> = sections.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, THREATS);
    for (name, section) in sections {
        for part in ["- **Promise.** ", "- **By** ", "- **Tests.** ", "- **Cannot.** "] {
            assert_eq!(section.matches(part).count(), 1, "{name}: {part}");
        }
    }
}

#[test]
fn every_test_that_the_model_names_exists() {
    let text = model();
    let quoted: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let tests: Vec<(&str, &str)> = quoted
        .into_iter()
        .filter_map(|name| name.split_once("::"))
        .filter(|(file, _)| is_file(file))
        .collect();
    assert!(tests.len() > 30, "{tests:?}");
    for (file, name) in tests {
        let source =
            std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(source.contains(&format!("fn {name}(")), "{file} has no {name}");
    }
}

fn is_file(name: &str) -> bool {
    std::path::Path::new(name).extension().is_some_and(|extension| extension == "rs")
}
