//! What a report looks like: JSON, table, drawing.

use crate::replaying::{options, over_the_turn, report_of};
use crate::{chart, table};

#[test]
fn the_json_has_the_promised_keys() {
    let report = serde_json::to_value(report_of(&over_the_turn(), &options())).unwrap();
    let month = &report["months"][0];
    assert_eq!(month["month"], "2024-07");
    for key in ["logins_without", "logins_with", "mau_without", "mau_with", "deferred_users"] {
        assert!(month[key].is_u64() && report["totals"][key].is_u64(), "{key}");
    }
    for key in ["cost_without", "cost_with"] {
        assert!(month[key].is_string() && report["totals"][key].is_string(), "{key}");
    }
    assert!(report["warnings"].as_array().unwrap().is_empty());
    let assumptions = report["assumptions"].as_array().unwrap();
    assert!(assumptions.iter().all(serde_json::Value::is_string));
    let all = report["assumptions"].to_string();
    for said in ["30 minutes", "turn of the billing day", "save no monthly active user", "+08:00"] {
        assert!(all.contains(said), "{said}");
    }
}

#[test]
fn table_and_drawing_show_the_figures() {
    let report = report_of(&over_the_turn(), &options());
    // Days of the billing zone, as the months are.
    assert!(report.title().contains("2024-07-31 to 2024-08-01"), "{}", report.title());
    let text = table::render(&report, 120);
    let row = text.lines().find(|line| line.starts_with("│ 2024-07")).unwrap();
    let cells: Vec<&str> = row.split(['│', '┆']).map(str::trim).filter(|cell| !cell.is_empty()).collect();
    assert_eq!(cells, ["2024-07", "3", "2", "1", "33.3 %", "8", "5", "37.5 %", "1", "2", "399.00"]);
    // The total stands below a rule.
    let last: Vec<&str> = text.lines().skip_while(|line| !line.starts_with('├')).take(2).collect();
    assert!(last[1].contains("total") && last[1].contains("798.00"), "{last:?}");
    // 44 characters for the 3 active users without; 2 of 3 are 29 and a third, in eighths rounded up: 3 eighths.
    assert!(text.contains(&format!("2024-07  without {} 3\n", "█".repeat(44))), "{text}");
    assert!(text.contains(&format!("with    {}▍ 2 (33.3 % avoided)\n", "█".repeat(29))), "{text}");

    let drawing = chart::svg(&report).unwrap();
    for said in [
        "2024-07",
        "2024-08",
        "Monthly active users",
        "avoided: deferred",
        "33.3 %",
        "Quota: Standard includes 10,000 active users a month; the highest bar is 0.1 % of it (the axis is cut)",
        "Logins asked for, %",
        &report.headline[0],
    ] {
        assert!(drawing.contains(said), "{said}");
    }
    assert!(!drawing.contains("Cost of the month"), "equal bars say nothing");
}

#[test]
fn a_narrow_terminal_loses_columns_and_no_word() {
    let report = report_of(&over_the_turn(), &options());
    for width in [60, 80, 100] {
        let text = table::render(&report, width);
        let wide = text.lines().find(|line| textwrap::core::display_width(line) > usize::from(width));
        // The bars below the table have a length of their own.
        assert!(wide.is_none_or(|line| line.contains('█')), "{width}: {wide:?}");
        assert!(text.contains("│ total") && text.contains("798.00 │"), "{text}");
    }
    assert!(
        !table::render(&report, 60).contains("suppressed │")
            && table::render(&report, 120).contains("suppressed")
    );
}
