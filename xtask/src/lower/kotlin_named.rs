//! The numbers, lengths of time and texts that the generated Kotlin hands to the library, each under its name: one that
//! cannot cross is an error that says which it is.

use std::borrow::Cow;

/// Converters whose values are called by the member or argument that has them.
const BY_PLACE: [&str; 6] = ["UByte", "UShort", "UInt", "ULong", "String", "Duration"];

/// Converters whose values the core calls the same wherever they are.
const BY_TYPE: [(&str, &str); 6] = [
    ("TypeUserId", "user_id"),
    ("TypeGroupId", "group_id"),
    ("TypePermitId", "permit_id"),
    ("TypeCatalogId", "catalog"),
    ("TypeEditionId", "edition"),
    ("TypeBillingZone", "billing_zone"),
];

/// The generated file, in which `Argument.of` names what is written.
pub(super) fn named(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 20);
    for line in text.split_inclusive('\n') {
        let code = line.trim();
        if let Some(field) = member(code) {
            let indent = &line[..line.len() - line.trim_start().len()];
            out.extend([indent, "Argument.of(\"", &field, "\") { ", code, " }\n"]);
        } else {
            out += &arguments(line);
        }
    }
    out
}

/// What a line writes: `FfiConverterOptionalULong.write(value.`mau`, buf)`.
fn member(code: &str) -> Option<Cow<'static, str>> {
    let (converter, rest) = code.strip_prefix("FfiConverter")?.split_once(".write(value.")?;
    let member = rest.strip_suffix(", buf)")?.trim_matches('`');
    field(converter, if member == "v1" { "count" } else { member })
}

/// The line, with what it hands on to a call named: `FfiConverterULong.lower(`amount`)`.
fn arguments(line: &str) -> Cow<'_, str> {
    const CONVERTER: &str = "FfiConverter";
    const LOWER: &str = ".lower(`";
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once(LOWER) {
        let call = before.rfind(CONVERTER).and_then(|at| {
            let (name, behind) = after.split_once("`)")?;
            Some((at, field(&before[at + CONVERTER.len()..], name)?, name, behind))
        });
        if let Some((at, field, name, behind)) = call {
            let (before, converter) = before.split_at(at);
            out.extend([before, "Argument.of(\"", &field, "\") { ", converter, LOWER, name, "`) }"]);
            rest = behind;
        } else {
            out.extend([before, LOWER]);
            rest = after;
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(line);
    }
    out += rest;
    Cow::Owned(out)
}

/// What a value is called that a converter writes; `None` where it can always cross.
fn field(converter: &str, place: &str) -> Option<Cow<'static, str>> {
    let by_type =
        BY_TYPE.iter().find(|(name, _)| converter.ends_with(name)).map(|(_, field)| Cow::Borrowed(*field));
    by_type.or_else(|| {
        BY_PLACE.iter().any(|name| converter.ends_with(name)).then(|| Cow::Owned(snake_case(place)))
    })
}

fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named() {
        let text = "    FfiConverterOptionalULong.write(value.`groupSize`, buf)\n    \
                    FfiConverterULong.write(value.v1, buf)\n    \
                    FfiConverterOptionalDuration.write(value.`permitTtl`, buf)\n    \
                    FfiConverterTypeUserId.write(value.`peer`, buf)\n    \
                    FfiConverterTypeAction.write(value.`action`, buf)\n";
        let own = "    Argument.of(\"group_size\") { FfiConverterOptionalULong.write(value.`groupSize`, buf) }\n    \
                   Argument.of(\"count\") { FfiConverterULong.write(value.v1, buf) }\n    \
                   Argument.of(\"permit_ttl\") { FfiConverterOptionalDuration.write(value.`permitTtl`, buf) }\n    \
                   Argument.of(\"user_id\") { FfiConverterTypeUserId.write(value.`peer`, buf) }\n    \
                   FfiConverterTypeAction.write(value.`action`, buf)\n";
        assert_eq!(named(text), own);
    }

    #[test]
    fn every_argument_of_a_line_is_named() {
        let text = "  it, FfiConverterInt.lower(`code`),FfiConverterString.lower(`message`),FfiConverterULong.lower(`soFar`),_s)\n";
        let own = "  it, FfiConverterInt.lower(`code`),Argument.of(\"message\") { FfiConverterString.lower(`message`) },\
                   Argument.of(\"so_far\") { FfiConverterULong.lower(`soFar`) },_s)\n";
        assert_eq!(named(text), own);
        let other = "FfiConverterString.lower(e.toString()),\n";
        assert_eq!(named(other), other);
    }
}
