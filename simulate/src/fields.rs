//! One line, split into its fields.

/// What may divide the fields of a log, and what it is called.
pub(crate) const SEPARATORS: [(char, &str); 4] =
    [(',', "commas"), (';', "semicolons (;)"), ('\t', "tabs"), ('|', "bars (|)")];

/// The fields of one line. Reused from line to line, so that reading holds one row and allocates for none.
#[derive(Default)]
pub(crate) struct Fields {
    texts: Vec<String>,
    len: usize,
}

impl Fields {
    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Each, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.texts[..self.len].iter().map(String::as_str)
    }

    /// The field at `index`, if the line has so many.
    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        self.texts[..self.len].get(index).map(String::as_str)
    }

    /// Splits a line at its separators; where a field begins with a quote, by the rules of RFC 4180. Blanks around a field
    /// are no part of it: ` 2` and `2` are one user, quoted or not.
    pub(crate) fn split(&mut self, line: &str, separator: char) {
        self.len = 0;
        let mut rest = line;
        while let Some(next) = self.field(rest, separator) {
            rest = next;
        }
    }

    /// Takes one field; returns what follows its separator, or `None` at the end of the line.
    fn field<'a>(&mut self, line: &'a str, separator: char) -> Option<&'a str> {
        if self.len == self.texts.len() {
            self.texts.push(String::new());
        }
        let text = &mut self.texts[self.len];
        self.len += 1;
        text.clear();
        let mut rest = line;
        let blank = |c: char| c.is_whitespace() && c != separator;
        if let Some(quoted) = line.trim_start_matches(blank).strip_prefix('"') {
            rest = unquote(quoted, text);
        }
        let (tail, next) = match rest.split_once(separator) {
            Some((tail, next)) => (tail, Some(next)),
            None => (rest, None),
        };
        text.push_str(tail);
        text.truncate(text.trim_end().len());
        text.drain(..text.len() - text.trim_start().len());
        next
    }
}

/// Takes up to the closing quote, or all where there is none; two quotes stand for one. Returns what follows.
fn unquote<'a>(quoted: &'a str, text: &mut String) -> &'a str {
    let mut rest = quoted;
    loop {
        let Some((inside, after)) = rest.split_once('"') else {
            text.push_str(rest);
            return "";
        };
        text.push_str(inside);
        match after.strip_prefix('"') {
            Some(more) => {
                text.push('"');
                rest = more;
            }
            None => return after,
        }
    }
}
