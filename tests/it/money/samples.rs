//! The sample inputs of `examples/data/`, as docs/GUIDE.md works them.

use planguard::decide::bill::{Bill, BillRequest, bill};

fn sample(name: &str) -> Bill {
    let path = format!("{}/examples/data/{name}.json", support::root().display());
    let text = std::fs::read_to_string(&path).unwrap();
    bill(&BillRequest::from_json(&text).unwrap()).unwrap()
}

fn total(name: &str) -> String {
    sample(name).total().unwrap().amount_text()
}

#[test]
fn totals_of_the_samples() {
    // 399 + 299 + 399 for the plans, 2,345 x 0.015 = 35.175 for users, (4 + 31) x 10 = 350 for push calls,
    // 2 x 0.1 for messages, 2 x 4 for stored messages.
    assert_eq!(total("intl-2024-standard"), "1490.375");
    // 699 + 299 + 2 x 50 + 200 + 599, message packs waived.
    assert_eq!(total("intl-2024-premium"), "1897");
    // Half of 449.99 twice, 225 each, 179.99 whole, and 2 + 1 blocks of 449.99.
    assert_eq!(total("intl-2022-upgrade"), "1979.96");
    // 449.99 x 10 / 31 = 145.1580..., 899.99 x 21 / 31 = 609.6706..., 239.99 x 21 / 31 = 162.5738...
    assert_eq!(total("intl-2022-modify"), "917.4");
    // 1,000 x 0.015 x 14 / 30 = 7.
    assert_eq!(total("intl-2024-suspended"), "7");
}

#[test]
fn the_chinese_sample_has_lines_and_no_total() {
    let bill = sample("cn-dau-professional");
    assert_eq!(bill.total(), None);
    assert_eq!(bill.lines.len(), 3);
}

#[test]
fn every_sample_is_explained_in_the_guide() {
    let root = support::root().display();
    let guide = std::fs::read_to_string(format!("{root}/docs/GUIDE.md")).unwrap();
    for entry in std::fs::read_dir(format!("{root}/examples/data")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap().to_str().unwrap();
            let command = format!("cargo run --example bill -- examples/data/{name}");
            assert!(guide.contains(&command), "docs/GUIDE.md lacks `{command}`");
        }
    }
}
