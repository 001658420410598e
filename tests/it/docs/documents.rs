//! The documents keep up with the code: every error is explained, every guarantee names its test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use planguard::Locale;
use planguard::decide::rejection::CODES;
use support::root;

fn read(path: impl AsRef<Path>) -> String {
    // A checkout on Windows may have other line ends.
    std::fs::read_to_string(root().join(path)).unwrap().replace('\r', "")
}

/// Every Rust file under `folder`.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The texts between backticks.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// `Type::Variant` of every public error enum in `source`, and the name of every public error struct.
///
/// Reads the text as rustfmt writes it: an item's attributes, its head in one line, its variants indented once.
fn errors(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let lines: Vec<&str> = source.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        if !(line.starts_with("#[derive(") && line.contains("thiserror::Error")) {
            continue;
        }
        let Some(head) = lines[at..].iter().position(|line| line.starts_with("pub ")) else { continue };
        let words: Vec<&str> = lines[at + head].split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        match words[..] {
            ["pub", "struct", name, ..] => found.push(name.to_owned()),
            ["pub", "enum", name, ..] => {
                let body = lines[at + head + 1..].iter().take_while(|line| !line.starts_with('}'));
                let variants = body.filter_map(|line| line.strip_prefix("    ")).filter_map(|line| {
                    let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
                    line.starts_with(char::is_uppercase).then(|| &line[..end])
                });
                found.extend(variants.map(|variant| format!("{name}::{variant}")));
            }
            _ => {}
        }
    }
    found
}

#[test]
fn the_scan_finds_variants_of_every_shape() {
    let source = "#[derive(Debug, thiserror::Error)]\n#[non_exhaustive]\npub enum Bad {\n    /// Doc.\n    \
                  #[error(\"one\")]\n    One,\n    Two(#[from] Other),\n    Three {\n        /// Doc.\n        \
                  Field: u8,\n    },\n}\n\n#[derive(Debug, thiserror::Error)]\n#[error(\"x\")]\npub struct \
                  Single(pub u64);\n\n#[derive(Debug)]\npub enum NoError {\n    Four,\n}\n";
    assert_eq!(errors(source), ["Bad::One", "Bad::Two", "Bad::Three", "Single"]);
}

#[test]
fn every_public_error_is_explained() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let all: Vec<String> = files.iter().flat_map(|file| errors(&read(file))).collect();
    assert!(all.len() > 100, "the scan finds too little: {all:?}");
    let text = read("docs/ERRORS.md");
    let explained = quoted(&text);
    let missing: Vec<&String> = all.iter().filter(|name| !explained.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "docs/ERRORS.md does not explain {missing:?}");
    // And nothing that is gone: a name there with the type of an error must be one of its variants.
    let types: BTreeSet<&str> = all.iter().filter_map(|name| Some(name.split_once("::")?.0)).collect();
    let known: BTreeSet<&str> = all.iter().map(String::as_str).collect();
    let gone: Vec<&&str> = explained
        .iter()
        .filter(|name| {
            name.split_once("::").is_some_and(|(kind, variant)| {
                types.contains(kind) && variant.starts_with(char::is_uppercase)
            })
        })
        .filter(|name| !known.contains(**name))
        .collect();
    assert!(gone.is_empty(), "docs/ERRORS.md names what does not exist: {gone:?}");
}

/// Those of the foreign bindings carry the texts of the errors below.
const FOREIGN: &[&str] = &["PlanguardError", "HostError"];

#[test]
fn every_public_error_has_its_texts_tested() {
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    let types: BTreeSet<String> = files
        .iter()
        .flat_map(|file| errors(&read(file)))
        .map(|name| name.split("::").next().unwrap().to_owned())
        .filter(|name| !FOREIGN.contains(&name.as_str()))
        .collect();
    assert!(types.len() > 20, "the scan finds too little: {types:?}");
    let mut found = Vec::new();
    sources(&root().join("src/words/error/tests"), &mut found);
    let written: String = found.iter().map(read).collect();
    let named: BTreeSet<&str> = written.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let missing: Vec<&String> = types.iter().filter(|name| !named.contains(name.as_str())).collect();
    assert!(missing.is_empty(), "no text of {missing:?} is tested");
}

#[test]
fn every_class_of_a_failed_login_is_explained() {
    let source = read("src/decide/login/failure.rs");
    let body = source.split_once("pub enum FailureClass {\n").unwrap().1.split_once("\n}\n").unwrap().0;
    let classes = body.lines().filter_map(|line| line.strip_prefix("    ")).filter_map(|line| {
        let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
        line.starts_with(char::is_uppercase).then(|| format!("FailureClass::{}", &line[..end]))
    });
    let text = read("docs/ERRORS.md");
    let explained = quoted(&text);
    let missing: Vec<String> = classes.filter(|class| !explained.contains(class.as_str())).collect();
    assert!(missing.is_empty(), "docs/ERRORS.md does not explain {missing:?}");
}

/// The heading of the table with every code's meaning.
const EVERY_CODE: &str = "### Every code and its meaning\n";

/// The table is made of the codes themselves, so that it says what the library says.
#[test]
fn every_code_has_its_meaning_in_the_words_of_the_library() {
    let mut codes: Vec<_> = CODES.iter().collect();
    codes.sort_by_key(|row| row.code);
    let rows = codes.iter().map(|row| {
        let advice = row.advice.explain(Locale::En);
        let [english, chinese] = [Locale::En, Locale::ZhHans].map(|locale| row.meaning(locale));
        format!("| `{}` | {english} | {chinese} | {advice} |", row.code)
    });
    let head = ["| Code | Meaning | 含义 | What to do |".to_owned(), "|---|---|---|---|".to_owned()];
    let expected: Vec<String> = head.into_iter().chain(rows).collect();
    let text = read("docs/ERRORS.md");
    let section = text.split_once(EVERY_CODE).expect("the section exists").1;
    let found: Vec<&str> = section.lines().skip_while(|line| !line.starts_with('|')).collect();
    let found: Vec<&str> = found.into_iter().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(found, expected, "replace the table by:\n{}\n", expected.join("\n"));
}

/// Each code stands in the row of its class, or in one that continues it.
#[test]
fn every_code_of_the_provider_stands_in_the_row_of_its_class() {
    let text = read("docs/ERRORS.md");
    let table = text.split_once("## The provider's codes").unwrap().1.split_once(EVERY_CODE).unwrap().0;
    let mut class = String::new();
    let mut listed = Vec::new();
    for row in table.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if let Some(named) = quoted(cells[1]).first() {
            class = (*named).to_owned();
        }
        let advice = cells[4].split('`').nth(1).unwrap_or_default().to_owned();
        let codes = quoted(cells[2]).into_iter().filter_map(|code| code.parse::<i32>().ok());
        listed.extend(codes.map(|code| (code, class.clone(), advice.clone())));
    }
    let mut expected: Vec<(i32, String, String)> = CODES
        .iter()
        .map(|row| (row.code, row.class.as_str().to_owned(), row.advice.as_str().to_owned()))
        .collect();
    listed.sort();
    expected.sort();
    assert_eq!(listed, expected);
}

/// The cells of the table whose head begins with `head`.
fn table<'a>(text: &'a str, head: &str) -> Vec<Vec<&'a str>> {
    text.lines()
        .skip_while(|line| !line.starts_with(head))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|row| row.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

#[test]
fn every_guarantee_names_tests_that_exist() {
    let readme = read("README.md");
    let promised: Vec<&str> = table(&readme, "| # | Situation").iter().map(|row| row[0]).collect();
    let architecture = read("docs/ARCHITECTURE.md");
    let proofs = table(&architecture, "| # | Tests");
    let proven: Vec<&str> = proofs.iter().map(|row| row[0]).collect();
    assert!(promised.len() > 10, "{promised:?}");
    assert_eq!(promised, proven, "each guarantee has a row of tests");
    for row in &proofs {
        let tests = quoted(row[1]);
        assert!(!tests.is_empty(), "{row:?} names no test");
        for test in tests {
            let (file, name) = test.split_once("::").unwrap();
            assert!(read(file).contains(&format!("fn {name}(")), "{test} does not exist");
        }
    }
}

/// What a Markdown heading is called in a link.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let documents = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "bindings/kotlin/README.md",
        "bindings/python/README.md",
        "bindings/swift/README.md",
        "bindings/web/README.md",
        "docs/ARCHITECTURE.md",
        "docs/COMPARE.md",
        "docs/DESIGN.md",
        "docs/ERRORS.md",
        "docs/FUZZING.md",
        "docs/GUIDE.md",
        "docs/MIDDLEBOXES.md",
        "docs/PAGES.md",
        "docs/PERFORMANCE.md",
        "docs/PLATFORMS.md",
        "docs/RELIABILITY.md",
        "docs/SECURITY.md",
        "docs/SEEDS.md",
        "docs/SIZE.md",
        "docs/TIME.md",
        "docs/guide/endpoint.md",
        "docs/guide/limits.md",
        "docs/guide/logins.md",
        "docs/guide/operations.md",
        "docs/guide/signing.md",
        "endpoint-faults/README.md",
        "examples/README.md",
        "examples/web/README.md",
    ];
    for document in documents {
        let text = read(document);
        let folder = Path::new(document).parent().unwrap();
        let links = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0));
        for link in links.filter(|link| !link.contains("://")) {
            let (path, fragment) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { PathBuf::from(document) } else { folder.join(path) };
            assert!(root().join(&target).exists(), "{document} links to {link}, which does not exist");
            if !fragment.is_empty() {
                let target = read(&target);
                let mut headings = target.lines().filter(|line| line.starts_with('#'));
                let found = headings.any(|line| anchor(line.trim_start_matches(['#', ' '])) == fragment);
                assert!(found, "{document} links to {link}, and there is no such heading");
            }
        }
    }
}

#[test]
fn every_example_is_in_the_index() {
    let index = read("examples/README.md");
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(root().join("examples")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let example =
            path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").is_file();
        if example && !index.contains(&format!("## `{name}`")) {
            missing.push(name);
        }
    }
    assert!(missing.is_empty(), "examples/README.md does not show {missing:?}");
}
