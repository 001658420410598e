//! Counts in the generated Kotlin, as `Long` and `Int`. The generator writes `ULong` and the like, which are value classes:
//! Java can neither read such a member nor pass such an argument, nor implement a method that has one.

use anyhow::{Context, ensure};

/// A converter of the generator, what it converts from on the wire, what callers see, and the largest number.
struct Width {
    generated: &'static str,
    wire: &'static str,
    seen: &'static str,
    most: &'static str,
}

const WIDTHS: [Width; 4] = [
    Width { generated: "UByte", wire: "Byte", seen: "Int", most: "0xFF" },
    Width { generated: "UShort", wire: "Short", seen: "Int", most: "0xFFFF" },
    Width { generated: "UInt", wire: "Int", seen: "Int", most: "Int.MAX_VALUE" },
    Width { generated: "ULong", wire: "Long", seen: "Long", most: "Long.MAX_VALUE" },
];

/// The converter of app ids. A number below zero goes on to the core, which refuses it by name.
const APP_ID: &str = "public object FfiConverterTypeSdkAppId";

/// The generated file with signed counts. One that is out of range is refused where it is written.
pub(super) fn signed(text: &str) -> anyhow::Result<String> {
    let mut text: String = text.split_inclusive('\n').map(default).collect();
    for width in &WIDTHS {
        let head = format!("public object FfiConverter{}: ", width.generated);
        let (start, end) = object(&text, &head)?;
        text.replace_range(start..end, &width.converter());
        text = text.replace(&format!("kotlin.{}", width.generated), &format!("kotlin.{}", width.seen));
    }
    let (start, end) = object(&text, APP_ID)?;
    let app_id = text[start..end].replace("FfiConverterULong", "FfiConverterLong");
    text.replace_range(start..end, &app_id);
    Ok(text)
}

impl Width {
    fn converter(&self) -> String {
        let Self { generated, wire, seen, most } = self;
        let lifted = match *generated {
            "UByte" | "UShort" => format!("value.toInt() and {most}"),
            _ => format!("if (value < 0) {most} else value"),
        };
        let bytes = match *wire {
            "Byte" => 1,
            "Short" => 2,
            "Int" => 4,
            _ => 8,
        };
        let put = if *wire == "Byte" { String::new() } else { (*wire).to_owned() };
        let lowered = if wire == seen { String::new() } else { format!(".to{wire}()") };
        format!(
            "public object FfiConverter{generated}: FfiConverter<{seen}, {wire}> {{
    override fun lift(value: {wire}): {seen} = {lifted}
    override fun read(buf: ByteBuffer): {seen} = lift(buf.get{put}())
    override fun lower(value: {seen}): {wire} = Count.checked(value, {most}){lowered}
    override fun allocationSize(value: {seen}) = {bytes}UL
    override fun write(value: {seen}, buf: ByteBuffer) {{
        buf.put{put}(lower(value))
    }}
}}
"
        )
    }
}

/// Where the object that starts with `head` begins and ends.
fn object(text: &str, head: &str) -> anyhow::Result<(usize, usize)> {
    ensure!(text.matches(head).count() == 1, "the generated Kotlin has not one {head} any more");
    let start = text.find(head).context("it was just there")?;
    let length = text[start..].find("\n}\n").with_context(|| format!("{head} does not end"))?;
    Ok((start, start + length + 3))
}

/// The line, with its default as a signed number: `val `quantity`: kotlin.ULong = 1uL`.
fn default(line: &str) -> String {
    let Some((member, value)) = line.split_once(" = ").filter(|_| line.contains(": kotlin.U")) else {
        return line.to_owned();
    };
    let digits = value.trim_end().trim_end_matches(['u', 'U', 'L']);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { format!("{member} = {digits}\n") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generated() -> String {
        let converter =
            |width: &Width| ["public object FfiConverter", width.generated, ": X {\n    old\n}\n"].concat();
        WIDTHS.iter().map(converter).collect::<String>()
            + "public object FfiConverterTypeSdkAppId: X {\n    FfiConverterULong.lower(value)\n}\n"
            + "data class A(val `members`: kotlin.ULong?)\n"
            + "    val `quantity`: kotlin.ULong = 1uL \n    val `months`: kotlin.UInt? = null \n"
    }

    #[test]
    fn counts_are_signed_and_checked() {
        let text = signed(&generated()).unwrap();
        assert!(!text.contains("old") && !text.contains("kotlin.ULong"), "{text}");
        assert!(text.contains("data class A(val `members`: kotlin.Long?)"), "{text}");
        assert!(
            text.contains("    val `quantity`: kotlin.Long = 1\n    val `months`: kotlin.Int? = null \n"),
            "{text}"
        );
        assert!(text.contains("{\n    FfiConverterLong.lower(value)\n}"), "{text}");
        assert!(
            text.contains("FfiConverter<Int, Byte>") && text.contains("buf.putShort(lower(value))"),
            "{text}"
        );
    }

    #[test]
    fn a_converter_that_is_gone_is_noticed() {
        assert!(signed("").is_err());
    }
}
