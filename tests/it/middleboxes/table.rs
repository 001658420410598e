//! Every row is as it says, by both transports; and the document has the same table.

use std::fmt::Write as _;

use support::root;

use super::rows::{ROWS, Row};
use super::world::{By, World};

async fn ends(row: &Row, by: By) -> [String; 2] {
    let without_end = row.without_end[by as usize];
    let fetched = World::new(by).await.fetch(row.fault(), without_end).await;
    let flushed = World::new(by).await.flush(row.fault(), without_end).await;
    [fetched, flushed]
}

async fn check(by: By) {
    let mut wrong = String::new();
    for row in ROWS {
        let ends = ends(row, by).await;
        if ends != row.ends[by as usize] {
            writeln!(wrong, "{}: {ends:?}, not {:?}", row.what, row.ends[by as usize]).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{by:?}\n{wrong}");
}

#[tokio::test]
async fn by_the_default_transport_every_fault_ends_as_the_table_says() {
    check(By::Default).await;
}

#[tokio::test]
async fn by_a_careless_transport_every_fault_ends_as_the_table_says() {
    check(By::Careless).await;
}

fn line(row: &Row) -> String {
    let [[fetch, flush], [careless_fetch, careless_flush]] = row.ends;
    format!("| {} | `{}` | {fetch} | {flush} | {careless_fetch} | {careless_flush} |", row.what, row.switch)
}

#[test]
fn the_document_has_this_table() {
    let document = std::fs::read_to_string(root().join("docs/MIDDLEBOXES.md")).unwrap().replace('\r', "");
    let lines: Vec<String> = ROWS.iter().map(line).collect();
    let table = lines.join("\n");
    assert!(document.contains(&table), "docs/MIDDLEBOXES.md lacks this table:\n{table}");
    let rows = document.lines().filter(|line| line.starts_with("| ") && line.contains("| `")).count();
    assert!(rows >= lines.len(), "{rows}");
}
