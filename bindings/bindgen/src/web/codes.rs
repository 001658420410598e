//! Types as short codes, which `bindings/web/src/wasm/codec.ts` reads.

use std::collections::HashMap;

use anyhow::bail;
use uniffi_bindgen::ComponentInterface;
use uniffi_bindgen::interface::{AsType as _, DefaultValue, Field, Literal, Type};

/// The number of every named type.
pub(super) struct Names(HashMap<String, usize>);

impl Names {
    /// Records, then enums, then objects.
    pub(super) fn of(interface: &ComponentInterface) -> Self {
        let records = interface.record_definitions().iter().map(uniffi_bindgen::interface::Record::name);
        let enums = interface.enum_definitions().iter().map(uniffi_bindgen::interface::Enum::name);
        let objects = interface.object_definitions().iter().map(uniffi_bindgen::interface::Object::name);
        let all = records.chain(enums).chain(objects);
        Self(all.enumerate().map(|(at, name)| (name.to_owned(), at)).collect())
    }

    fn number(&self, name: &str) -> anyhow::Result<String> {
        match self.0.get(name) {
            Some(at) => Ok(format!("{at}.")),
            None => bail!("there is no type {name}"),
        }
    }

    /// The code of a type.
    pub(super) fn code(&self, of: &Type) -> anyhow::Result<String> {
        Ok(match of {
            Type::Boolean => "b".into(),
            Type::UInt8 => "h".into(),
            Type::UInt16 => "H".into(),
            Type::Int32 => "i".into(),
            Type::UInt32 => "u".into(),
            Type::Int64 => "q".into(),
            Type::UInt64 => "Q".into(),
            Type::Float64 => "d".into(),
            Type::String => "s".into(),
            Type::Bytes => "y".into(),
            Type::Duration => "D".into(),
            Type::Custom { name, .. } if name == "Timestamp" => "T".into(),
            Type::Custom { builtin, .. } => self.code(builtin)?,
            Type::Optional { inner_type } => format!("?{}", self.code(inner_type)?),
            Type::Sequence { inner_type } => format!("[{}", self.code(inner_type)?),
            Type::Map { key_type, value_type } => {
                format!("{{{}{}", self.code(key_type)?, self.code(value_type)?)
            }
            Type::Record { name, .. } | Type::Enum { name, .. } | Type::Object { name, .. } => {
                self.number(name)?
            }
            other => bail!("{other:?} has no code yet"),
        })
    }

    /// The code of a field, and what it is where it is left out.
    pub(super) fn field(&self, field: &Field) -> anyhow::Result<String> {
        let code = self.code(&field.as_type())?;
        let default = match field.default_value() {
            Some(DefaultValue::Literal(Literal::Boolean(value))) => format!("={value}"),
            Some(DefaultValue::Literal(Literal::UInt(value, ..))) => format!("={value}"),
            // What is left out is none, or empty, without being told so.
            None | Some(DefaultValue::Default) => String::new(),
            Some(DefaultValue::Literal(Literal::None | Literal::EmptySequence | Literal::EmptyMap)) => {
                String::new()
            }
            Some(other) => bail!("{}: the default {other:?} has no code yet", field.name()),
        };
        Ok(code + &default)
    }
}
