//! The log: messages of a CSV, in the order of time.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use planguard::time::{BillingMonth, BillingZone, Timestamp};

use super::Failed;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Who sent it: they had opened chat.
    pub(crate) sender: String,
    /// Who got it: a push woke their phone.
    pub(crate) receiver: String,
    /// When.
    pub(crate) at: Timestamp,
}

const HEADER: &str = "source,target,unix_seconds";

/// The zone of the month: the default of planguard and of the endpoint.
pub(crate) fn zone() -> BillingZone {
    BillingZone::default()
}

/// Reads a log, sorted by time.
pub(crate) fn read(path: &Path) -> Result<Vec<Message>, Failed> {
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut text = String::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes)?;
    }
    let mut lines = text.lines();
    if lines.next() != Some(HEADER) {
        return Err(format!("{}: the first line has to be {HEADER}", path.display()).into());
    }
    let mut messages = Vec::new();
    for (line, number) in lines.zip(2..) {
        let message = message(line);
        messages.push(message.ok_or_else(|| format!("{}: line {number} is no message", path.display()))?);
    }
    messages.sort_by_key(|message| message.at);
    Ok(messages)
}

fn message(line: &str) -> Option<Message> {
    let mut fields = line.split(',');
    let (sender, receiver) = (fields.next()?, fields.next()?);
    let seconds = fields.next()?.parse().ok()?;
    let whole = fields.next().is_none() && !sender.is_empty() && !receiver.is_empty();
    whole.then(|| Message {
        sender: sender.to_owned(),
        receiver: receiver.to_owned(),
        at: Timestamp::from_secs(seconds),
    })
}

/// The month with the most messages.
pub(crate) fn busiest(messages: &[Message]) -> Option<BillingMonth> {
    let mut months: BTreeMap<BillingMonth, usize> = BTreeMap::new();
    for message in messages {
        *months.entry(zone().month(message.at)).or_default() += 1;
    }
    months.into_iter().max_by_key(|(_, messages)| *messages).map(|(month, _)| month)
}
