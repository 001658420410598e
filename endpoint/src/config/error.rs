//! What is wrong with a configuration: the field, and the remedy.

use std::path::PathBuf;

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("configuration: {path} cannot be read; make one with `planguard-endpoint init`", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// It is not TOML, or a field is unknown, missing or of another type.
    #[error("configuration, line {line}: {why}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong, and the nearest name where one is unknown.
        why: String,
    },
    /// A value cannot be used.
    #[error("configuration: {field}: {why}")]
    Field {
        /// The field.
        field: String,
        /// What is wrong with it, and the remedy.
        why: String,
    },
}

impl ConfigError {
    pub(super) fn of(text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        Self::Line { line, why: explain(error.message()) }
    }
}

/// The reader's own words, with the nearest name first where a name is unknown.
fn explain(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    if !message.starts_with("unknown ") {
        return message.to_owned();
    }
    let Some(unknown) = quoted.next() else { return message.to_owned() };
    let nearest = quoted
        .map(|known| (strsim::jaro_winkler(unknown, known), known))
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match nearest {
        Some((_, known)) => format!("`{unknown}` is unknown; the nearest name is `{known}` ({message})"),
        None => message.to_owned(),
    }
}
