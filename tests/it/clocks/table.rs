//! Every case is as its row says, and the document has the same table.

use std::fmt::Write as _;

use support::{local, root};

use super::rows::{ROWS, Row};
use super::world::{Start, World};

/// More true answers than anything may take.
const MOST: usize = 2;

/// What comes of a case.
async fn measured(row: &Row) -> ([String; 2], usize) {
    let mut world = World::new(row.start).await;
    world.happens(row.input).await;
    let after = [world.time(), world.plan().to_owned()];
    let mut good = 0;
    // Before the first answer of all there is no plan to be right about.
    let mut wrong = world.wrong();
    while !wrong.is_empty() {
        if good == MOST {
            return (after, MOST + 1);
        }
        world.good().await.unwrap_or_else(|error| panic!("{}: {error}", row.what));
        good += 1;
        wrong = world.wrong();
    }
    // And so it stays.
    world.use_app().await;
    world.restart().await;
    assert_eq!(world.wrong(), Vec::<String>::new(), "{} after a restart", row.what);
    (after, good)
}

#[test]
fn every_case_of_time_is_healed_as_the_table_says() {
    local(async {
        let mut wrong = String::new();
        for row in ROWS {
            let ([time, plan], good) = measured(row).await;
            if [time.as_str(), plan.as_str()] != row.after || good != row.good {
                writeln!(wrong, "{}: {time}, {plan}, {good}; not {:?}, {}", row.what, row.after, row.good)
                    .unwrap();
            }
        }
        assert!(wrong.is_empty(), "\n{wrong}");
    });
}

fn line(row: &Row) -> String {
    let start = match row.start {
        Start::InForce => "plan in force",
        Start::First | Start::FirstIn1970 => "first start",
        Start::Learnt => "clock in 1970, time learnt",
        Start::At(at) => at,
    };
    let healed = match row.good {
        0 => "nothing to heal",
        1 => "the next true answer",
        _ => "two true answers that agree",
    };
    let [time, plan] = row.after;
    format!("| {} | {start} | {time} | {plan} | {} | {healed} |", row.what, row.good)
}

#[test]
fn the_document_has_this_table() {
    let document = std::fs::read_to_string(root().join("docs/TIME.md")).unwrap().replace('\r', "");
    let lines: Vec<String> = ROWS.iter().map(line).collect();
    let table = lines.join("\n");
    assert!(document.contains(&table), "docs/TIME.md lacks this table:\n{table}");
}
