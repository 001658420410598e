//! What the generated Kotlin lacks, and the generator cannot be told: names that leave room for the hand-written layer,
//! messages for people, texts without secrets, errors that have a type, and a check of the library before the first call.

use anyhow::{Context, ensure};

use super::{kotlin_named, kotlin_numbers};

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
    text = overloaded(&kotlin_numbers::signed(&kotlin_named::named(&text))?);
    checked(&printing_names(&refusing(&text)?)?)
}

/// How the generator encodes a text. What cannot be encoded is an exception of the JDK there, which says of no argument what
/// is wrong with it.
const ENCODED: &str = "return Charsets.UTF_8.newEncoder().run {
            onMalformedInput(CodingErrorAction.REPORT)
            encode(CharBuffer.wrap(value))
        }
";

/// How the generator refuses a length of time that is negative.
const NEGATIVE: &str = "throw IllegalArgumentException(\"Invalid duration, must be non-negative\")";

/// With a text or a length of time that cannot cross as an error that has a type and a remedy.
fn refusing(text: &str) -> anyhow::Result<String> {
    ensure!(text.matches(ENCODED).count() == 1, "the generated Kotlin encodes texts in another way");
    ensure!(
        text.matches(NEGATIVE).count() == 1,
        "the generated Kotlin refuses negative lengths of time in another way"
    );
    let refused = "throw Argument.refused(\": a length of time is not negative; pass zero or more\")";
    Ok(text.replace(ENCODED, "return Argument.utf8(value)\n").replace(NEGATIVE, refused))
}

/// With the variants that have no members printed by their names, as those that have some are.
fn printing_names(text: &str) -> anyhow::Result<String> {
    const OBJECT: &str = "\n    object ";
    let mut out = String::with_capacity(text.len() + text.len() / 100);
    let mut parts = text.split(OBJECT);
    out.extend(parts.next());
    let mut found = 0;
    for part in parts {
        let is_variant = part.lines().next().is_some_and(|line| line.ends_with("()"));
        found += usize::from(is_variant);
        out.extend([if is_variant { "\n    data object " } else { OBJECT }, part]);
    }
    ensure!(found > 0, "the generated Kotlin has no variants without members any more");
    Ok(out)
}

/// Lets Java leave out the last arguments of a record that Kotlin may leave out.
fn overloaded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, part) in text.split("\ndata class ").enumerate() {
        if number > 0 {
            out.push_str("\ndata class ");
        }
        let members = part.split("\n)").next().unwrap_or_default();
        match part.split_once(" (\n") {
            Some((name, rest)) if number > 0 && members.contains(" = ") => {
                out.extend([name, " @JvmOverloads constructor (\n", rest]);
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// The start of every call that waits for nothing: the generator checks the library nowhere by itself.
const CALL: &str = "\n    var status = UniffiRustCallStatus()\n    val return_value = callback(status)\n";

/// What precedes the number by which the generator and the library know each other's version.
const CONTRACT: &str = "val bindings_contract_version = ";

/// With the library checked by every call, and what it must be.
fn checked(text: &str) -> anyhow::Result<String> {
    ensure!(text.matches(CALL).count() == 1, "the generated Kotlin calls the library in another way");
    let called = text.replace(CALL, &format!("\n    NativeLibraryCheck.require(){CALL}"));
    let (_, rest) = text.split_once(CONTRACT).context("the generated Kotlin names no contract version")?;
    let contract: u32 =
        rest.lines().next().unwrap_or_default().trim().parse().context("the contract version")?;
    let version = env!("CARGO_PKG_VERSION");
    Ok(format!(
        "{called}\ninternal const val CONTRACT_VERSION: kotlin.Int = {contract}\n\
         internal const val PACKAGE_VERSION: kotlin.String = \"{version}\"\n"
    ))
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
    fn every_call_checks_the_library_first() {
        let text = format!("fun call(){{{CALL}}}\n    {CONTRACT}30\n");
        let checked = checked(&text).unwrap();
        assert!(checked.contains("{\n    NativeLibraryCheck.require()\n    var status"), "{checked}");
        assert!(checked.contains("CONTRACT_VERSION: kotlin.Int = 30\n"), "{checked}");
        assert!(super::checked("").is_err());
    }

    #[test]
    fn a_text_that_cannot_cross_is_refused_by_the_package() {
        let text = format!("fun toUtf8(value: String): ByteBuffer {{\n        {ENCODED}    }}\n{NEGATIVE}\n");
        let own = "fun toUtf8(value: String): ByteBuffer {\n        return Argument.utf8(value)\n    }\n\
                   throw Argument.refused(\": a length of time is not negative; pass zero or more\")\n";
        assert_eq!(refusing(&text).unwrap(), own);
        assert!(refusing("").is_err() && refusing(ENCODED).is_err() && refusing(NEGATIVE).is_err());
    }

    #[test]
    fn variants_without_members_print_their_names() {
        let text =
            "sealed class A {\n    object B : A()\n    internal object C\n    object D : E {\n    }\n}\n";
        assert_eq!(printing_names(text).unwrap(), text.replace("object B", "data object B"));
        assert!(printing_names("").is_err());
    }

    #[test]
    fn java_may_leave_out_what_kotlin_may() {
        let text =
            "\ndata class A (\n    val `a`: Int? = null\n){\n}\ndata class B (\n    val `b`: Int\n){\n}\n";
        let own = text.replace("A (", "A @JvmOverloads constructor (");
        assert_eq!(overloaded(text), own);
    }

    #[test]
    fn a_message_that_the_generator_words_anew_is_noticed() {
        assert!(finished("").is_err());
    }
}
