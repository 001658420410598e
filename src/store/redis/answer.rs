//! What a script answers.

use redis::Value;

use super::fail::Fail;

/// How the server stands to what this process knows, or what came of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// It goes on from there.
    Ok,
    /// It goes on from there, but not all of the way is in its log.
    Gap,
    /// There is nothing.
    None,
    /// It is of another version of planguard.
    Schema,
    /// It was begun anew or written anew since.
    Other,
    /// It has lost what was committed.
    Back,
    /// Others have committed in the place of what was committed before.
    Forked,
    /// There are rows without a head.
    Torn,
    /// A new store was begun.
    Begun,
    /// It was committed.
    Done,
    /// Its time was over.
    Late,
    /// It was given up before.
    Refused,
    /// It is another process's turn.
    Turn,
    /// Others are looked for that know more.
    Wait,
    /// It is this process that writes anew.
    Go,
}

const WORDS: [(&str, Word); 15] = [
    ("ok", Word::Ok),
    ("gap", Word::Gap),
    ("none", Word::None),
    ("schema", Word::Schema),
    ("other", Word::Other),
    ("back", Word::Back),
    ("forked", Word::Forked),
    ("torn", Word::Torn),
    ("begun", Word::Begun),
    ("done", Word::Done),
    ("late", Word::Late),
    ("refused", Word::Refused),
    ("turn", Word::Turn),
    ("wait", Word::Wait),
    ("go", Word::Go),
];

/// A commit in the log.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) id: String,
    pub(super) rows: Vec<u8>,
}

/// What a script answers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) word: Word,
    /// The server's time, in milliseconds.
    pub(super) now: u64,
    pub(super) schema: u32,
    pub(super) epoch: String,
    pub(super) seq: u64,
    /// Names the last commit.
    pub(super) last: String,
    /// Of which epoch, and of which commit there, it was written anew.
    pub(super) from: Option<(String, u64)>,
    pub(super) entries: Vec<Entry>,
    /// Which question it answers.
    pub(super) question: String,
}

impl Answer {
    pub(super) fn read(value: Value) -> Result<Self, Fail> {
        Self::parse(value).ok_or_else(|| Fail::lost("the server's answer is none of a script of planguard's"))
    }

    fn parse(value: Value) -> Option<Self> {
        let Value::Array(fields) = value else { return None };
        let [word, now, schema, epoch, seq, last, from, entries, question] =
            <[Value; 9]>::try_from(fields).ok()?;
        let word = text(word)?;
        let mut word = WORDS.iter().find(|(known, _)| *known == word)?.1;
        let Value::Int(now) = now else { return None };
        let Value::Array(entries) = entries else { return None };
        let entries: Option<Vec<_>> = entries.into_iter().map(entry).collect();
        if entries.is_none() && word == Word::Ok {
            // Somebody else has written to the log; the rows are what counts.
            word = Word::Gap;
        }
        let from = text(from)?;
        Some(Self {
            word,
            now: u64::try_from(now).ok()?,
            schema: number(&text(schema)?)?,
            epoch: text(epoch)?,
            seq: number(&text(seq)?)?,
            last: text(last)?,
            from: match from.split_once(' ') {
                Some((epoch, seq)) => Some((epoch.to_owned(), seq.parse().ok()?)),
                None => None,
            },
            entries: entries.unwrap_or_default(),
            question: text(question)?,
        })
    }
}

/// An empty text is none yet.
fn number<T: std::str::FromStr + Default>(text: &str) -> Option<T> {
    if text.is_empty() { Some(T::default()) } else { text.parse().ok() }
}

fn entry(value: Value) -> Option<Entry> {
    let Value::Array(parts) = value else { return None };
    let [id, fields] = <[Value; 2]>::try_from(parts).ok()?;
    let Value::Array(fields) = fields else { return None };
    let [_, _base, _, _after, _, name, _, rows] = <[Value; 8]>::try_from(fields).ok()?;
    Some(Entry { seq: text(id)?.strip_suffix("-0")?.parse().ok()?, id: text(name)?, rows: bytes(rows)? })
}

fn bytes(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::BulkString(bytes) => Some(bytes),
        Value::SimpleString(text) => Some(text.into_bytes()),
        Value::Okay => Some(b"OK".to_vec()),
        _ => None,
    }
}

pub(super) fn text(value: Value) -> Option<String> {
    String::from_utf8(bytes(value)?).ok()
}
