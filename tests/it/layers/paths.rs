//! Every path a source file names, read from its tokens: comments and strings do not count, macro bodies do.

use std::str::FromStr;

use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};

/// A path as it stands in the source, with each branch of a `use` tree written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    /// What the path resolves to.
    pub target: Target,
    /// The line it begins in.
    pub line: usize,
}

/// What a path resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// Segments from the crate's root: `crate::…`, `self::…` or `super::…`.
    Inside(Vec<String>),
    /// A path that starts elsewhere: another crate, or a name in scope.
    Outside(Vec<String>),
}

/// What one file names and declares.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// Every path outside `#[cfg(test)]` modules.
    pub references: Vec<Reference>,
    /// Modules declared `#[cfg(test)] mod name;`, as segments from the crate's root.
    pub test_modules: Vec<Vec<String>>,
}

/// Reads a file whose module lies at `module`, in segments from the crate's root.
pub(crate) fn read(source: &str, module: &[String]) -> Result<Source, LexError> {
    let mut found = Source::default();
    walk(TokenStream::from_str(source)?, module, &mut found);
    Ok(found)
}

fn walk(stream: TokenStream, module: &[String], found: &mut Source) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        if let Some((end, declared)) = test_module(&tokens, at) {
            found.test_modules.extend(declared.map(|name| join(module, &[name])));
            at = end;
        } else if let Some((name, body)) = inline_module(&tokens, at) {
            walk(body, &join(module, &[name]), found);
            at += 3;
        } else if let TokenTree::Ident(ident) = &tokens[at] {
            let imported = at > 0 && is_ident(&tokens[at - 1], "use");
            let line = ident.span().start().line;
            let (paths, end) = expand(&tokens, at, &[]);
            let named = paths.into_iter().filter(|path| imported || path.len() > 1);
            found.references.extend(named.map(|path| Reference { target: resolve(path, module), line }));
            at = end;
        } else {
            if let TokenTree::Group(group) = &tokens[at] {
                walk(group.stream(), module, found);
            }
            at += 1;
        }
    }
}

/// `#[cfg(test)]` in front of a module: where it ends, and its name if it lies in a file of its own.
fn test_module(tokens: &[TokenTree], start: usize) -> Option<(usize, Option<String>)> {
    let attribute = |at: usize| match (tokens.get(at)?, tokens.get(at + 1)?) {
        (TokenTree::Punct(hash), TokenTree::Group(group)) if hash.as_char() == '#' => Some(group),
        _ => None,
    };
    let is_test =
        |at| attribute(at).is_some_and(|group| group.stream().to_string().replace(' ', "") == "cfg(test)");
    if !is_test(start) {
        return None;
    }
    let mut at = start + 2;
    while attribute(at).is_some() {
        at += 2;
    }
    if is_ident(tokens.get(at)?, "pub") {
        at += 1;
        if matches!(tokens.get(at)?, TokenTree::Group(_)) {
            at += 1;
        }
    }
    if !is_ident(tokens.get(at)?, "mod") {
        return None;
    }
    let in_file = !matches!(tokens.get(at + 2)?, TokenTree::Group(_));
    Some((at + 3, in_file.then(|| tokens[at + 1].to_string())))
}

fn inline_module(tokens: &[TokenTree], at: usize) -> Option<(String, TokenStream)> {
    match (tokens.get(at)?, tokens.get(at + 1)?, tokens.get(at + 2)?) {
        (word, TokenTree::Ident(name), TokenTree::Group(body))
            if is_ident(word, "mod") && body.delimiter() == Delimiter::Brace =>
        {
            Some((name.to_string(), body.stream()))
        }
        _ => None,
    }
}

/// The paths that begin at `at`, after `prefix`; several when a `use` tree branches. Also where they end.
fn expand(tokens: &[TokenTree], mut at: usize, prefix: &[String]) -> (Vec<Vec<String>>, usize) {
    let mut path = prefix.to_vec();
    loop {
        match &tokens.get(at) {
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                path.push("*".to_owned());
                return (vec![path], at + 1);
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let items: Vec<TokenTree> = group.stream().into_iter().collect();
                let branches = items.split(|token| is_punct(token, ','));
                let paths = branches.filter(|branch| !branch.is_empty());
                return (paths.flat_map(|branch| expand(branch, 0, &path).0).collect(), at + 1);
            }
            // `::<` after a name is a turbofish: the path is over.
            _ => return (vec![path], at),
        }
        at += 1;
        let colons = tokens.get(at..at + 2).is_some_and(|pair| pair.iter().all(|token| is_punct(token, ':')));
        if !colons {
            return (vec![path], at);
        }
        at += 2;
    }
}

fn resolve(mut path: Vec<String>, module: &[String]) -> Target {
    // `use a::b::{self}` names `a::b`.
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let mut scope = match path[0].as_str() {
        "crate" => Vec::new(),
        "self" | "super" => module.to_vec(),
        _ => return Target::Outside(path),
    };
    let steps =
        path.iter().take_while(|segment| ["crate", "self", "super"].contains(&segment.as_str())).count();
    for segment in path.drain(..steps) {
        if segment == "super" {
            scope.pop();
        }
    }
    scope.append(&mut path);
    Target::Inside(scope)
}

fn join(module: &[String], rest: &[String]) -> Vec<String> {
    [module, rest].concat()
}

fn is_ident(token: &TokenTree, text: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == text)
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}
