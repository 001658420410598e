//! How many cases of a property are drawn.

use proptest::test_runner::Config;

/// So many cases, or as many as `PROPTEST_CASES` says.
pub(crate) fn cases(usual: u32) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok().map(|text| text.parse().unwrap());
    Config { cases: asked.unwrap_or(usual), ..Config::default() }
}
