//! The types of the tables, as TypeScript: what the package's user sees, and the calls that its layer makes.

use std::fmt::Write as _;

use anyhow::bail;
use uniffi_bindgen::ComponentInterface;
use uniffi_bindgen::interface::{AsType as _, Enum, Field, Type};

use super::tables::{Call, is_foreign};
use super::words::{camel, field as field_name, word};

/// `types.ts`.
pub(super) fn module(interface: &ComponentInterface, calls: &[Call]) -> anyhow::Result<String> {
    let mut out = String::from("// Generated from the library; not committed.\n");
    let objects: Vec<_> = interface
        .object_definitions()
        .iter()
        .filter(|one| !is_foreign(one))
        .map(uniffi_bindgen::interface::Object::name)
        .collect();
    writeln!(out, "import type {{ CallOptions, {} }} from '../src/objects.js';", objects.join(", "))?;
    writeln!(out, "import type {{ Foreign }} from '../src/wasm/module.js';\n")?;
    writeln!(out, "/** A length of time in milliseconds. */\nexport type Milliseconds = number;\n")?;
    for (name, to) in customs(interface)? {
        writeln!(out, "export type {name} = {to};")?;
    }
    for record in interface.record_definitions() {
        let methods = methods(record.name(), calls)?;
        docs(&mut out, "\n", record.docstring());
        writeln!(out, "export interface {} {{", record.name())?;
        for field in record.fields() {
            docs(&mut out, "  ", field.docstring());
            writeln!(out, "  {}", property(field)?)?;
        }
        out += &methods;
        out += "}\n";
    }
    for one in interface.enum_definitions() {
        enumeration(&mut out, one, calls)?;
    }
    writeln!(out, "\n/** The calls of the module. @internal */\nexport interface Calls {{")?;
    for call in calls {
        docs(&mut out, "  ", call.docs.as_deref());
        let args =
            call.args.iter().map(|(name, of)| Ok(format!("{}: {}", safe(name), argument(interface, of)?)));
        let mut args = args.collect::<anyhow::Result<Vec<_>>>()?;
        if call.future.is_some() {
            args.push("call?: CallOptions | undefined".to_owned());
        }
        let returns = call.returns.as_ref().map(ts).transpose()?.unwrap_or_else(|| "void".to_owned());
        let returns = if call.future.is_some() { format!("Promise<{returns}>") } else { returns };
        writeln!(out, "  {}({}): {returns};", call.name, args.join(", "))?;
    }
    out += "}\n";
    Ok(out)
}

/// Ids and amounts, which are text, and instants.
fn customs(interface: &ComponentInterface) -> anyhow::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for of in interface.iter_local_types() {
        if let Type::Custom { name, builtin, .. } = of {
            let to = if name == "Timestamp" { "Date".to_owned() } else { ts(builtin)? };
            found.push((name.clone(), to));
        }
    }
    found.sort();
    Ok(found)
}

fn enumeration(out: &mut String, one: &Enum, calls: &[Call]) -> anyhow::Result<()> {
    let methods = methods(one.name(), calls)?;
    docs(out, "\n", one.docstring());
    let with_fields = one.contains_variant_fields();
    if !with_fields {
        let words: Vec<_> =
            one.variants().iter().map(|variant| format!("'{}'", word(variant.name()))).collect();
        writeln!(out, "export type {} = {};", one.name(), words.join(" | "))?;
        return Ok(());
    }
    if methods.is_empty() {
        writeln!(out, "export type {} =", one.name())?;
    } else {
        writeln!(out, "export type {0} = {0}Methods & (", one.name())?;
    }
    for variant in one.variants() {
        docs(out, "  ", variant.docstring());
        let fields = variant.fields().iter().map(property).collect::<anyhow::Result<Vec<_>>>()?.join(" ");
        writeln!(out, "  | {{ readonly type: '{}'; {fields} }}", word(variant.name()))?;
    }
    if methods.is_empty() {
        out.push_str("  ;\n");
    } else {
        writeln!(out, ");\n\nexport interface {}Methods {{\n{methods}}}", one.name())?;
    }
    Ok(())
}

/// The methods of a type's values.
fn methods(name: &str, calls: &[Call]) -> anyhow::Result<String> {
    let mut out = String::new();
    for call in calls.iter().filter(|call| call.of.as_deref() == Some(name)) {
        let method = call.name.split_once('_').map_or("", |(_, method)| method);
        docs(&mut out, "  ", call.docs.as_deref());
        let args = call.args[1..].iter().map(|(name, of)| Ok(format!("{}: {}", safe(name), ts(of)?)));
        let args = args.collect::<anyhow::Result<Vec<_>>>()?.join(", ");
        let returns = call.returns.as_ref().map(ts).transpose()?.unwrap_or_else(|| "void".to_owned());
        writeln!(out, "  {}({args}): {returns};", camel(method))?;
    }
    Ok(out)
}

fn property(field: &Field) -> anyhow::Result<String> {
    let of = field.as_type();
    let optional = matches!(of, Type::Optional { .. }) || field.default_value().is_some();
    let (mark, or) = if optional { ("?", " | undefined") } else { ("", "") };
    let of = match &of {
        Type::Optional { inner_type } => ts(inner_type)?,
        other => ts(other)?,
    };
    Ok(format!("readonly {}{mark}: {of}{or};", field_name(field.name())))
}

/// A name that is no word of the language.
fn safe(name: &str) -> String {
    match camel(name).as_str() {
        "self" => "own".to_owned(),
        "with" => "other".to_owned(),
        fine => fine.to_owned(),
    }
}

/// What is passed for an argument: an object of the host for a foreign trait.
fn argument(interface: &ComponentInterface, of: &Type) -> anyhow::Result<String> {
    match of {
        Type::Object { name, .. } if interface.get_object_definition(name).is_some_and(is_foreign) => {
            Ok(format!("Foreign<'{name}'>"))
        }
        Type::Optional { inner_type } => Ok(format!("{} | undefined", argument(interface, inner_type)?)),
        other => ts(other),
    }
}

fn ts(of: &Type) -> anyhow::Result<String> {
    Ok(match of {
        Type::Boolean => "boolean".into(),
        Type::UInt8
        | Type::UInt16
        | Type::Int32
        | Type::UInt32
        | Type::Int64
        | Type::UInt64
        | Type::Float64 => "number".into(),
        Type::String => "string".into(),
        Type::Bytes => "Uint8Array".into(),
        Type::Duration => "Milliseconds".into(),
        Type::Optional { inner_type } => format!("{} | undefined", ts(inner_type)?),
        Type::Sequence { inner_type } => format!("ReadonlyArray<{}>", ts(inner_type)?),
        Type::Map { key_type, value_type } => match &**key_type {
            Type::Enum { name, .. } => format!("Readonly<Partial<Record<{name}, {}>>>", ts(value_type)?),
            _ => format!("Readonly<Record<string, {}>>", ts(value_type)?),
        },
        Type::Custom { name, .. }
        | Type::Record { name, .. }
        | Type::Enum { name, .. }
        | Type::Object { name, .. } => name.clone(),
        other => bail!("{other:?} has no type in TypeScript yet"),
    })
}

fn docs(out: &mut String, before: &str, text: Option<&str>) {
    let Some(text) = text else {
        if before == "\n" {
            out.push('\n');
        }
        return;
    };
    let text = text.trim().replace("*/", "* /");
    let (lead, indent) = if before == "\n" { ("\n", "") } else { ("", before) };
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let joined = lines.join(&format!("\n{indent} * "));
    out.extend([lead, indent, "/** ", &joined, " */\n"]);
}
