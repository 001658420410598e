//! The provider's codes by area, each with what it means and the document that explains it.

mod network;
mod plan;
mod session;
mod usage;

use super::code::Code;

/// The areas, in the order in which the documents list them.
const AREAS: &[&[Code]] = &[session::CODES, network::CODES, plan::CODES, usage::CODES];

/// Every code that planguard knows.
pub const CODES: &[Code] = &joined::<{ count(AREAS) }>(AREAS);

const fn count(areas: &[&[Code]]) -> usize {
    let (mut total, mut area) = (0, 0);
    while area < areas.len() {
        total += areas[area].len();
        area += 1;
    }
    total
}

const fn joined<const N: usize>(areas: &[&[Code]]) -> [Code; N] {
    let mut all = [areas[0][0]; N];
    let (mut next, mut area) = (0, 0);
    while area < areas.len() {
        let mut row = 0;
        while row < areas[area].len() {
            all[next] = areas[area][row];
            next += 1;
            row += 1;
        }
        area += 1;
    }
    all
}
