//! What sources declare, as far as the face is concerned: read from the text, so that nothing needs to be listed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::str::FromStr as _;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

#[derive(Default)]
pub(super) struct Found {
    /// Public methods, by type.
    pub(super) methods: BTreeMap<String, BTreeSet<String>>,
    /// What crosses: by derive, custom type or foreign trait.
    pub(super) crosses: BTreeSet<String>,
    /// Enums that cross by derive.
    pub(super) enums: BTreeSet<String>,
    /// Exported functions.
    pub(super) functions: BTreeSet<String>,
}

pub(super) fn read(folder: &str) -> Found {
    let mut found = Found::default();
    walk_folder(&support::root().join(folder), &mut found);
    found
}

fn walk_folder(path: &Path, found: &mut Found) {
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk_folder(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).unwrap();
            walk(TokenStream::from_str(&source).unwrap(), found);
        }
    }
}

fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => Some(ident.to_string()),
        _ => None,
    }
}

fn braces(token: &TokenTree) -> Option<&Group> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Some(group),
        _ => None,
    }
}

fn walk(stream: TokenStream, found: &mut Found) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    for at in 0..tokens.len() {
        match word(tokens.get(at)).as_deref() {
            Some("impl") => block(&tokens[at + 1..], found),
            Some("macro_rules") => {}
            Some("mod") if tokens.get(at + 2).is_some_and(|body| braces(body).is_some()) => {}
            Some(keyword @ ("enum" | "struct" | "trait")) if is_marked(&tokens[..at], keyword) => {
                found.crosses.extend(word(tokens.get(at + 1)));
                if keyword == "enum" && !is_error(&tokens[..at]) {
                    found.enums.extend(word(tokens.get(at + 1)));
                }
            }
            Some(name)
                if name.starts_with("crosses_as")
                    || name == "custom_type"
                    || name == "explains"
                    || name == "explained"
                    || name == "worded" =>
            {
                listed(name, &tokens[at + 1..], found);
            }
            Some("fn") if is_marked(&tokens[..at], "fn") => found.functions.extend(word(tokens.get(at + 1))),
            _ => {}
        }
    }
    // Items of macros: enums with names, and the like.
    for (at, token) in tokens.iter().enumerate() {
        let in_macro =
            at >= 2 && tokens[at - 1].to_string() == "!" || at >= 3 && tokens[at - 2].to_string() == "!";
        // And what the rules of a macro write.
        let in_rule = at >= 2 && tokens[at - 2].to_string() == "=" && tokens[at - 1].to_string() == ">";
        if let Some(body) = braces(token).filter(|_| in_macro || in_rule) {
            walk(body.stream(), found);
        }
    }
}

/// Whether the item that begins after `before` has an attribute of the face.
fn is_marked(before: &[TokenTree], keyword: &str) -> bool {
    let mut at = before.len();
    // Back over `pub`, `pub(..)`, `async`, `const`, to the attributes.
    while at > 0 {
        let token = &before[at - 1];
        let skip = match token {
            TokenTree::Ident(ident) => ["pub", "async", "const"].contains(&ident.to_string().as_str()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => true,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                let text = group.stream().to_string().replace(' ', "");
                let marked = match keyword {
                    "fn" => text == "uniffi::export",
                    "trait" => text.contains("with_foreign"),
                    _ => ["uniffi::Enum", "uniffi::Record", "uniffi::Object", "uniffi::Error"]
                        .iter()
                        .any(|derive| text.contains(derive)),
                };
                if marked {
                    return true;
                }
                true
            }
            TokenTree::Punct(punct) => punct.as_char() == '#',
            _ => false,
        };
        if !skip {
            return false;
        }
        at -= 1;
    }
    false
}

/// Whether the last derive before the item makes it an error.
fn is_error(before: &[TokenTree]) -> bool {
    let attributes = before.iter().rev().take_while(|token| braces(token).is_none());
    attributes.map(ToString::to_string).any(|text| text.replace(' ', "").contains("uniffi::Error"))
}

/// The names in `crosses_as!(A as B)`, `custom_type!(A, ..)`, `explains! { A, B }`.
fn listed(by: &str, after: &[TokenTree], found: &mut Found) {
    let Some(TokenTree::Group(group)) = after.get(1) else { return };
    let names = group.stream().into_iter().filter_map(|token| match token {
        TokenTree::Ident(ident) => Some(ident.to_string()),
        _ => None,
    });
    let first = by == "custom_type" || by == "crosses_as";
    for name in names.take(if first { 1 } else { usize::MAX }) {
        if by.starts_with("explain") || by == "worded" {
            let method = if by == "worded" { "as_str" } else { "explain" };
            found.methods.entry(name).or_default().insert(method.to_owned());
        } else {
            found.crosses.insert(name);
        }
    }
}

/// The public methods of an `impl Name { .. }`, after the `impl`. An `impl Trait for Name` has none of its own.
fn block(after: &[TokenTree], found: &mut Found) {
    let Some(end) = after.iter().position(|token| braces(token).is_some()) else { return };
    if after[..end].iter().any(|token| word(Some(token)).as_deref() == Some("for")) {
        return;
    }
    let mut depth = 0;
    let name = after[..end].iter().find_map(|token| match token {
        TokenTree::Punct(punct) => {
            depth += i32::from(punct.as_char() == '<') - i32::from(punct.as_char() == '>');
            None
        }
        TokenTree::Ident(ident) if depth == 0 => Some(ident.to_string()),
        _ => None,
    });
    let (Some(name), Some(body)) = (name, braces(&after[end])) else { return };
    let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
    let methods = found.methods.entry(name).or_default();
    for at in 0..tokens.len() {
        if word(tokens.get(at)).as_deref() != Some("pub") {
            continue;
        }
        // `pub(crate)` has a group where the next word would be.
        let mut next = at + 1;
        while ["async", "const"].contains(&word(tokens.get(next)).unwrap_or_default().as_str()) {
            next += 1;
        }
        if word(tokens.get(next)).as_deref() == Some("fn") {
            methods.insert(renamed(&tokens[..at]).or_else(|| word(tokens.get(next + 1))).unwrap());
        }
    }
}

/// The name that `#[uniffi::method(name = "..")]` gives the method after it.
fn renamed(before: &[TokenTree]) -> Option<String> {
    let TokenTree::Group(attribute) = before.last()? else { return None };
    let text = attribute.stream().to_string().replace(' ', "");
    let name = text.strip_prefix("uniffi::")?.split_once("name=\"")?.1;
    Some(name.split('"').next()?.to_owned())
}
