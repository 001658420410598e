//! What the generated Kotlin lacks, and the generator cannot be told: names that leave room for the hand-written layer,
//! messages for people, and texts without secrets.

use anyhow::ensure;

/// Objects that the hand-written layer wraps under their own name. The generator's own renaming overlooks objects that lie
/// in a module.
const WRAPPED: &[&str] = &["Planguard", "PlanguardInterface", "Builder", "BuilderInterface"];

/// The messages of exceptions: as generated, and as the core words them. A provider's text stays out: it may hold an id.
const MESSAGES: &[(&str, &str)] = &[
    ("\"details=${ `details` }, retryAt=${ `retryAt` }\"", "`details`.reason"),
    ("\"details=${ `details` }\"", "`details`.reason"),
    ("\"failure=${ `failure` }\"", "\"the login failed: ${ `failure`.reason }\""),
    ("\"code=${ `code` }, detail=${ `detail` }\"", "\"the provider answered ${ `code` }\""),
    ("\"detail=${ `detail` }\"", "\"the handler failed\""),
];

/// Records with a member that must not reach a log, and what they print as.
const PRINTED: &[(&str, &str)] = &[
    ("LoginFailure", "LoginFailure($reason)"),
    ("Rejection", "Rejection(code=$code, rejectionClass=$rejectionClass)"),
    ("Header", "Header(name=$name)"),
    ("Request", "Request(method=$method, url=$url)"),
    ("Response", "Response(status=$status)"),
    ("HostImage", "HostImage(version=$version)"),
    ("OpenOptions", "OpenOptions(sdkAppId=$sdkAppId)"),
];

/// The generated file with all of that.
pub(super) fn finished(text: &str) -> anyhow::Result<String> {
    let mut text = renamed(text);
    for (generated, worded) in MESSAGES {
        ensure!(text.contains(generated), "the generated Kotlin has no message {generated} any more");
        text = text.replace(generated, worded);
    }
    for (record, printed) in PRINTED {
        text = printing(&text, record, printed)?;
    }
    Ok(text)
}

/// Gives wrapped objects another name, and leaves alone what is only spelt like them.
fn renamed(text: &str) -> String {
    let mut renamed = String::with_capacity(text.len() + text.len() / 50);
    let is_end = |c: char| !c.is_alphanumeric() && c != '_';
    for part in text.split_inclusive(is_end) {
        if WRAPPED.contains(&part.trim_end_matches(is_end)) {
            renamed.push_str("Native");
        }
        renamed.push_str(part);
    }
    renamed
}

/// Gives a record a text of its own.
fn printing(text: &str, record: &str, printed: &str) -> anyhow::Result<String> {
    let head = format!("\ndata class {record} (");
    let start = text.find(&head);
    // The line that closes the members opens the body.
    let close = start.and_then(|start| Some(start + text[start..].find("\n)")? + 1));
    let body = close.and_then(|close| Some(close + text[close..].find("{\n")? + 2));
    let Some(body) = body else { anyhow::bail!("the generated Kotlin has no record {record} any more") };
    let (before, after) = text.split_at(body);
    Ok(format!("{before}    override fun toString(): kotlin.String = \"{printed}\"\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_renamed_and_nothing_that_is_spelt_like_them() {
        let text = "class Planguard: PlanguardInterface { fun planguard(): Builder? = FfiTypePlanguard }";
        let own = "class NativePlanguard: NativePlanguardInterface { fun planguard(): NativeBuilder? = FfiTypePlanguard }";
        assert_eq!(renamed(text), own);
    }

    #[test]
    fn a_record_prints_what_it_is_told_to() {
        let text = "\ndata class Header (\n    val `name`: String\n): Disposable{\n    companion object\n}\n";
        let own = "\ndata class Header (\n    val `name`: String\n): Disposable{\n    override fun toString(): \
                   kotlin.String = \"Header(name=$name)\"\n    companion object\n}\n";
        assert_eq!(printing(text, "Header", "Header(name=$name)").unwrap(), own);
        assert!(printing(text, "Request", "").is_err());
    }

    #[test]
    fn a_message_that_the_generator_words_anew_is_noticed() {
        assert!(finished("").is_err());
    }
}
