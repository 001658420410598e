//! A table that never cuts a word: where it is too wide, its rows are written one below the other.

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width};
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter};

/// Chinese may be broken between any two characters; a name this wide stays together.
const CHINESE_NAME: usize = 12;

/// How text is broken into lines: between words, never within `intl-2024`.
pub(crate) fn lines<'a>(width: u16) -> Options<'a> {
    Options::new(usize::from(width)).word_splitter(WordSplitter::NoHyphenation)
}

/// The width of a first column that reads well.
const READABLE: usize = 22;

/// Rows under a header.
#[derive(Default)]
pub(crate) struct Sheet {
    /// One text for each column.
    pub(crate) header: Vec<String>,
    /// As many cells each.
    pub(crate) rows: Vec<Vec<String>>,
    /// The columns of numbers.
    pub(crate) right: Vec<usize>,
    /// Whether the last row is a total, below a rule.
    pub(crate) total: bool,
    /// Columns that are left out, the last one first, where there is no room for all.
    pub(crate) optional: Vec<usize>,
}

impl Sheet {
    /// The sheet in at most `width` columns, without a line end.
    pub(crate) fn render(mut self, width: u16) -> String {
        let mut optional = std::mem::take(&mut self.optional);
        while self.needed() > usize::from(width) {
            let Some(column) = optional.pop() else { return self.list(width) };
            self.remove(column);
            for other in optional.iter_mut().filter(|other| **other > column) {
                *other -= 1;
            }
        }
        self.table(width)
    }

    /// Leaves a column out.
    pub(crate) fn remove(&mut self, column: usize) {
        self.header.remove(column);
        for row in &mut self.rows {
            row.remove(column);
        }
        for columns in [&mut self.right, &mut self.optional] {
            columns.retain(|other| *other != column);
            for other in columns.iter_mut().filter(|other| **other > column) {
                *other -= 1;
            }
        }
    }

    /// The columns that a table takes at least: a blank on both sides of a cell, a line to its left, and one more to the
    /// right of all.
    fn needed(&self) -> usize {
        (0..self.header.len()).map(|column| self.least(column) + 3).sum::<usize>() + 1
    }

    fn least(&self, column: usize) -> usize {
        // Numbers stay on one line.
        match column {
            _ if self.right.contains(&column) => self.widest(column),
            // What a row is about is read first: other columns go before it is broken into single words.
            0 if self.total => self.longest_word(0).max(self.widest(0).min(READABLE)),
            _ => self.longest_word(column),
        }
    }

    fn cells(&self, column: usize) -> impl Iterator<Item = &str> {
        std::iter::once(&self.header)
            .chain(&self.rows)
            .filter_map(move |row| row.get(column))
            .map(String::as_str)
    }

    fn longest_word(&self, column: usize) -> usize {
        let wide = |word: &str| {
            let columns = display_width(word);
            if columns > word.chars().count() { columns.min(CHINESE_NAME) } else { columns }
        };
        self.cells(column).flat_map(|cell| cell.split([' ', '\n'])).map(wide).max().unwrap_or(0)
    }

    fn table(&self, width: u16) -> String {
        let mut table = Table::new();
        table.load_style(UTF8_FULL_CONDENSED);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width).set_header(&self.header);
        for row in &self.rows {
            table.add_row(row);
        }
        for index in 0..self.header.len() {
            let Some(column) = table.column_mut(index) else { continue };
            let lower = u16::try_from(self.least(index) + 2).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(lower)));
            if self.right.contains(&index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        let drawn = table.to_string();
        if self.total { ruled(&drawn) } else { drawn }
    }

    fn widest(&self, column: usize) -> usize {
        self.cells(column).flat_map(str::lines).map(display_width).max().unwrap_or(0)
    }

    /// Each row as its first cell and, below it, what else it says.
    fn list(&self, width: u16) -> String {
        let mut list = Vec::new();
        for row in &self.rows {
            let one_line = |cell: &str| cell.lines().map(str::trim).collect::<Vec<_>>().join("; ");
            list.push(textwrap::fill(&one_line(row.first().map_or("", String::as_str)), lines(width)));
            for (name, cell) in self.header.iter().zip(row).skip(1) {
                if !cell.trim().is_empty() {
                    let options = lines(width).initial_indent("  ").subsequent_indent("    ");
                    let text = format!("{}: {}", name.lines().next().unwrap_or_default(), one_line(cell));
                    list.push(textwrap::fill(&text, options));
                }
            }
        }
        list.join("\n")
    }
}

/// Draws a rule above the last row, which is the total.
fn ruled(table: &str) -> String {
    let lines: Vec<&str> = table.lines().collect();
    let rule: Option<String> = lines.iter().find(|line| line.starts_with('╞')).map(|line| {
        let thin = |c| match c {
            '╞' => '├',
            '═' => '─',
            '╪' => '┼',
            '╡' => '┤',
            other => other,
        };
        line.chars().map(thin).collect()
    });
    let (above, below) = lines.split_at(lines.len().saturating_sub(2));
    let all: Vec<&str> = above.iter().copied().chain(rule.as_deref()).chain(below.iter().copied()).collect();
    all.join("\n")
}
