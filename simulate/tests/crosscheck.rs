//! The script beside the example agrees with the report, and notices when a figure is wrong.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use planguard::{CatalogId, EditionId};
use serde_json::json;

use crate::replaying::{options, over_the_turn, report_of};
use crate::run::{Options, run};
use crate::survey::Survey;

/// Every rule in one log: devices, kicks, a login loop, bad rows, rows out of order, two months.
fn logins() -> String {
    let mut rows = vec!["at,user_id,device_id,intent".to_owned()];
    let intents = ["open_chat", "push_wake", "app_launch", "prefetch", "renew_user_sig", "after_kick"];
    for n in 0_i64..600 {
        let at = 1_722_441_600 + (n - 300) * 137 - if n % 41 == 0 { 1_500 } else { 0 };
        let user = if n % 97 == 0 { String::new() } else { format!("u{}", n * n % 131) };
        let device = if n % 11 == 0 { "web" } else { "phone" };
        let intent = intents[usize::try_from(n * 7 / 3 % 6).unwrap()];
        rows.push(format!("{at},{user},{device},{intent}"));
    }
    // Nine renewals within nine seconds: the guard breaks the loop.
    rows.extend((0..9).map(|n| format!("2024-08-20T00:00:0{n}Z,u1,web,renew_user_sig")));
    rows.push("2024-08-20T00:00:10Z,u1,web,after_kick_confirmed".to_owned());
    rows.join("\n")
}

/// Needs Python 3: a check that cannot run is a failure, not a success.
fn crosscheck(log: &Path, report: &Path) -> Output {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("crosscheck.py");
    Command::new("python3").arg(script).arg(log).arg(report).output().unwrap()
}

#[test]
fn the_script_agrees_under_every_kind_of_plan_and_notices_a_wrong_figure() {
    let directory = tempfile::tempdir().unwrap();
    let (log, report) = (directory.path().join("log.csv"), directory.path().join("report.json"));
    let plans = [
        (CatalogId::INTL_2024, EditionId::STANDARD),
        (CatalogId::INTL_2024, EditionId::FREE_TRIAL),
        (CatalogId::INTL_2022, EditionId::PRO),
        (CatalogId::INTL_2022, EditionId::FREE),
        (CatalogId::CN_DAU, EditionId::FLAGSHIP),
    ];
    let spaced = over_the_turn().replace(',', " ,\u{a0}\t").replace("b ", "\"b\" ");
    let semicolons = logins().replace(',', ";");
    for text in [over_the_turn(), spaced, logins(), semicolons] {
        for (catalog, edition) in plans {
            let made = report_of(&text, &Options { catalog, edition: Some(edition), ..options() });
            std::fs::write(&log, &text).unwrap();
            let mut json = serde_json::to_value(&made).unwrap();
            std::fs::write(&report, json.to_string()).unwrap();
            let agreed = crosscheck(&log, &report);
            assert!(agreed.status.success(), "{edition}: {}", String::from_utf8_lossy(&agreed.stdout));

            json["months"][0]["deferred_users"] = json!(made.months[0].figures.deferred_users + 1);
            std::fs::write(&report, json.to_string()).unwrap();
            let noticed = crosscheck(&log, &report);
            assert_eq!(noticed.status.code(), Some(1));
            let said = String::from_utf8_lossy(&noticed.stdout).into_owned();
            assert!(said.contains("deferred_users"), "{said}");
        }
    }
    let made = report_of(&logins(), &options());
    let totals = made.totals.figures;
    assert!(
        totals.denied_logins > 3 && totals.deferred_logins > 0 && totals.suppressed_logins > 0,
        "{totals:?}"
    );
    assert!(made.rows.not_counted > 0 && made.rows.out_of_order > 0 && made.months.len() == 2);
}

#[test]
fn the_script_agrees_on_a_log_that_was_sorted_rid_of_outliers_and_in_another_encoding() {
    let directory = tempfile::tempdir().unwrap();
    let (log, report) = (directory.path().join("log.csv"), directory.path().join("report.json"));
    let plain = logins();
    let (header, rows) = plain.split_once('\n').unwrap();
    let mut lines: Vec<&str> = rows.lines().rev().collect();
    lines.insert(7, "0,u1,phone,open_chat");
    lines.insert(9, "1922441600,u1,phone,open_chat");
    let text = format!("{header}\n{}", lines.join("\n"));
    for (encoding, bytes) in [
        ("UTF-8", text.clone().into_bytes()),
        ("UTF-16LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("GB18030", encoding_rs::GBK.encode(&text.replace("u1,", "\u{738b}\u{82b3},")).0.to_vec()),
    ] {
        let source = || Cursor::new(bytes.clone());
        let survey = Survey::of(source(), options().not_after, || {}).unwrap();
        let (made, _) = run(source(), Some(&survey), &options(), || {}).unwrap();
        assert!(made.rows.sorted && made.rows.out_of_order > 100);
        assert_eq!(made.rows.outliers, 2, "{encoding} {:?} {survey:?}", made.rows);
        let json = serde_json::to_value(&made).unwrap();
        assert_eq!(json["format"]["encoding"], encoding);
        std::fs::write(&log, &bytes).unwrap();
        std::fs::write(&report, json.to_string()).unwrap();
        let agreed = crosscheck(&log, &report);
        let said =
            String::from_utf8_lossy(&agreed.stdout).into_owned() + &String::from_utf8_lossy(&agreed.stderr);
        assert!(agreed.status.success(), "{encoding}: {said}");
    }
}
