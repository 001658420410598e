//! What a run comes to.

use std::collections::BTreeMap;

use crate::account::{Account, Waits};
use crate::breach::{Breach, Class};
use crate::flips::Outcomes;
use crate::kind::Kind;

#[derive(Clone, Copy, Debug, Default)]
struct Row {
    worlds: u64,
    kills: u64,
    ended: u64,
    refused: u64,
    faults: u64,
    set_aside: u64,
    operations: u64,
    waits: Waits,
}

#[derive(Debug, Default)]
pub(crate) struct Figures {
    rows: BTreeMap<&'static str, Row>,
    pub(crate) inputs: Outcomes,
    /// Files of somebody else's that were tried.
    pub(crate) strangers: u64,
    breaches: Vec<Class>,
}

impl Figures {
    /// Takes in a world.
    pub(crate) fn add(&mut self, kind: Kind, account: &Account, ends: [u64; 3], faults: u64) {
        let row = self.rows.entry(kind.word()).or_default();
        let [killed, ended, refused] = ends;
        row.worlds += 1;
        row.kills += killed;
        row.ended += ended;
        row.refused += refused;
        row.faults += faults + if kind == Kind::Outages { account.outages } else { 0 };
        row.set_aside += account.set_aside.len() as u64;
        row.operations += account.operations;
        row.waits.take(account.waits);
    }

    pub(crate) fn breaches(&mut self, breaches: &[Breach]) {
        self.breaches.extend(breaches.iter().map(|breach| breach.class));
    }

    fn sum(&self, of: impl Fn(&Row) -> u64) -> u64 {
        self.rows.values().map(of).sum()
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.breaches.is_empty()
    }

    /// One line, while it goes on.
    pub(crate) fn line(&self) -> String {
        let (worlds, kills) = (self.sum(|row| row.worlds), self.sum(|row| row.kills));
        let (faults, operations) = (self.sum(|row| row.faults), self.sum(|row| row.operations));
        let (inputs, breaches) = (self.inputs.tried(), self.breaches.len());
        format!(
            "{worlds} worlds, {kills} kills, {faults} faults, {operations} operations, {inputs} inputs, {breaches} breaches"
        )
    }

    /// All of it, at the end.
    pub(crate) fn print(&self) {
        println!(
            "\n{:<44} {:>6} {:>7} {:>7} {:>8} {:>9} {:>11}",
            "", "worlds", "kills", "faults", "refused", "set aside", "operations"
        );
        for (word, row) in &self.rows {
            println!(
                "{word:<44} {:>6} {:>7} {:>7} {:>8} {:>9} {:>11}",
                row.worlds, row.kills, row.faults, row.refused, row.set_aside, row.operations
            );
        }
        let mut waits = Waits::default();
        self.rows.values().for_each(|row| waits.take(row.waits));
        let of = |class| self.breaches.iter().filter(|found| **found == class).count();
        println!("\nkills survived                  {}", self.sum(|row| row.kills));
        println!("processes that ended            {}", self.sum(|row| row.ended));
        println!("faults injected                 {}", self.sum(|row| row.faults));
        println!("operations                      {}", self.sum(|row| row.operations));
        println!("damaged files tried             {}", self.inputs.tried());
        self.inputs.print();
        println!("files of others' tried          {}", self.strangers);
        println!("lost (events, counts, permits)  {}", of(Class::Lost));
        println!("counted or told twice           {}", of(Class::Twice));
        println!("granted beyond the room         {}", of(Class::Room));
        println!("stores that did not open        {}", of(Class::Store));
        println!("panics                          {}", of(Class::Panic));
        println!("processes that hung or crashed  {}", of(Class::Process));
        println!("waits too long                  {}", of(Class::Wait));
        println!("longest wait beyond a deadline  {} ms", waits.beyond);
        println!("longest login after a restart   {} ms", waits.again);
        println!("longest other operation         {} ms", waits.other);
    }
}
