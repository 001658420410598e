//! The tables: a line for each type, a line for each call, and the functions that the module must export for them.

use std::fmt::Write as _;

use anyhow::Context;
use uniffi_bindgen::ComponentInterface;
use uniffi_bindgen::interface::{Argument, AsType as _, Callable, FfiType, Field, Method, Object, Type};

use super::codes::Names;
use super::words::{camel, field as field_name, word};

/// The methods of foreign traits in the order of `bindings/web/wasm/src/objects.rs`.
const HOST_METHODS: [(&str, &str); 9] = [
    ("LoginHandler", "login"),
    ("ActionHandler", "perform"),
    ("Transport", "send"),
    ("CredentialProvider", "credential"),
    ("HostStore", "load"),
    ("HostStore", "replace"),
    ("Listener", "on_event"),
    ("Listener", "on_lagged"),
    ("Clock", "sleep"),
];

/// A function that the package calls.
pub(super) struct Call {
    /// Its name in the package.
    pub name: String,
    /// The module's function.
    pub symbol: String,
    /// The type whose method it is, where values of that type have methods.
    pub of: Option<String>,
    /// `self` first, where there is one.
    pub args: Vec<(String, Type)>,
    /// What it returns.
    pub returns: Option<Type>,
    /// The code of the functions of its future.
    pub future: Option<&'static str>,
    /// Its error.
    pub throws: Option<Type>,
    /// What it does.
    pub docs: Option<String>,
}

impl Call {
    fn of<'a>(
        name: String,
        symbol: &str,
        own: Option<Type>,
        args: impl IntoIterator<Item = &'a Argument>,
        call: &impl Callable,
        docs: Option<&str>,
    ) -> Self {
        let own = own.map(|own| ("self".to_owned(), own));
        let args = args.into_iter().map(|arg| (arg.name().to_owned(), arg.as_type()));
        let returns = call.return_type().cloned();
        let future = call.is_async().then(|| future(returns.as_ref()));
        Self {
            name,
            symbol: symbol.to_owned(),
            of: None,
            args: own.into_iter().chain(args).collect(),
            returns,
            future,
            throws: call.throws_type().cloned(),
            docs: docs.map(str::to_owned),
        }
    }

    fn method(owner: &str, own: Type, method: &Method) -> Self {
        let name = format!("{}_{}", owner.to_lowercase(), method.name());
        Self::of(name, method.ffi_func().name(), Some(own), method.arguments(), method, method.docstring())
    }
}

/// Which set of functions drives the future of a call that returns this.
fn future(returns: Option<&Type>) -> &'static str {
    match returns.map(FfiType::from) {
        None => "void",
        Some(FfiType::Int8) => "i8",
        Some(FfiType::UInt64 | FfiType::Handle) => "u64",
        Some(_) => "rust_buffer",
    }
}

/// Whether an object is one that the host implements.
pub(super) fn is_foreign(object: &Object) -> bool {
    object.has_callback_interface()
}

/// A call that the core has on wasm only, so that the library's metadata does not name it.
fn refresh(guard: &Object) -> Call {
    let throws = guard.get_method("flush").throws_type().cloned();
    Call {
        name: "planguard_refresh".to_owned(),
        symbol: "uniffi_planguard_fn_method_planguard_refresh".to_owned(),
        of: None,
        args: vec![("self".to_owned(), guard.as_type())],
        returns: None,
        future: Some("void"),
        throws,
        docs: Some("Takes over what a guard in another tab or worker has kept.".to_owned()),
    }
}

/// Every call but the methods of foreign traits, which only the core calls, and `as_str`, whose word is the value.
pub(super) fn calls(interface: &ComponentInterface) -> Vec<Call> {
    let mut calls = Vec::new();
    for function in interface.function_definitions() {
        let (name, symbol) = (function.name().to_owned(), function.ffi_func().name());
        calls.push(Call::of(name, symbol, None, function.arguments(), function, function.docstring()));
    }
    for object in interface.object_definitions().iter().filter(|object| !is_foreign(object)) {
        for constructor in object.constructors() {
            let name = format!("{}_{}", object.name().to_lowercase(), constructor.name());
            let symbol = constructor.ffi_func().name();
            let (args, docs) = (constructor.arguments(), constructor.docstring());
            let mut call = Call::of(name, symbol, None, args, constructor, docs);
            call.returns = Some(object.as_type());
            call.future = call.future.map(|_| "u64");
            calls.push(call);
        }
        calls.extend(
            object.methods().iter().map(|method| Call::method(object.name(), object.as_type(), method)),
        );
    }
    let records = interface.record_definitions().iter().map(|one| (one.name(), one.as_type(), one.methods()));
    let enums = interface.enum_definitions().iter().map(|one| (one.name(), one.as_type(), one.methods()));
    for (name, own, methods) in records.chain(enums) {
        for method in methods.iter().filter(|method| method.name() != "as_str") {
            let mut call = Call::method(name, own.clone(), method);
            call.of = Some(name.to_owned());
            calls.push(call);
        }
    }
    calls.extend(interface.get_object_definition("Planguard").map(refresh));
    calls.sort_by(|one, other| one.name.cmp(&other.name));
    calls
}

/// `tables.ts`.
pub(super) fn module(
    interface: &ComponentInterface,
    names: &Names,
    calls: &[Call],
) -> anyhow::Result<String> {
    let mut types = String::new();
    let fields = |fields: &[Field]| -> anyhow::Result<String> {
        let codes =
            fields.iter().map(|field| Ok(format!("{}:{}", field_name(field.name()), names.field(field)?)));
        Ok(codes.collect::<anyhow::Result<Vec<_>>>()?.join(" "))
    };
    for record in interface.record_definitions() {
        writeln!(types, "={} {}", record.name(), fields(record.fields())?)?;
    }
    for one in interface.enum_definitions() {
        let with_fields = one.contains_variant_fields();
        let variants = one.variants().iter().map(|variant| {
            let fields = fields(variant.fields())?;
            Ok(if fields.is_empty() {
                word(variant.name())
            } else {
                format!("{} {fields}", word(variant.name()))
            })
        });
        let variants = variants.collect::<anyhow::Result<Vec<_>>>()?.join("|");
        writeln!(types, "{}{} {variants}", if with_fields { '~' } else { '|' }, one.name())?;
    }
    for object in interface.object_definitions() {
        writeln!(types, "*{} ", object.name())?;
    }
    let mut lines = String::new();
    for call in calls {
        let args = call.args.iter().map(|(_, of)| names.code(of)).collect::<anyhow::Result<String>>()?;
        let returns = call.returns.as_ref().map(|of| names.code(of)).transpose()?.unwrap_or_default();
        let throws = call.throws.as_ref().map(|of| names.code(of)).transpose()?;
        let throws = throws.map_or_else(String::new, |code| format!("!{code}"));
        let future = call.future.map_or_else(String::new, |set| format!("~{set}"));
        writeln!(lines, "{} {args}>{returns}{throws}{future}", short(&call.symbol))?;
    }
    let hosts = HOST_METHODS.iter().map(|&(object, method)| host(interface, names, object, method));
    let hosts = hosts.collect::<anyhow::Result<Vec<_>>>()?.join("\n");
    let contract = interface.uniffi_contract_version();
    Ok(format!(
        "// Generated from the library; not committed.\n\
         export const TYPES = `{types}`;\n\
         export const CALLS = `{lines}`;\n\
         export const HOSTS = `{hosts}`;\n\
         export const CONTRACT = {contract};\n"
    ))
}

/// A function's name without what all of them begin with.
fn short(symbol: &str) -> &str {
    symbol.strip_prefix("uniffi_planguard_fn_").unwrap_or(symbol)
}

fn host(interface: &ComponentInterface, names: &Names, object: &str, method: &str) -> anyhow::Result<String> {
    let object = interface.get_object_definition(object).with_context(|| format!("there is no {object}"))?;
    let methods = object.methods();
    let found = methods.iter().find(|one| one.name() == method);
    let found = found.with_context(|| format!("{} has no {method}", object.name()))?;
    let args =
        found.arguments().iter().map(|arg| names.code(&arg.as_type())).collect::<anyhow::Result<String>>()?;
    let returns = found.return_type().map(|of| names.code(of)).transpose()?.unwrap_or_default();
    let throws = found.throws_type().with_context(|| format!("{method} declares no error"))?;
    Ok(format!("{} {args}>{returns}!{}", camel(method), names.code(throws)?))
}

/// The functions that the module must export for the calls.
pub(super) fn exports(interface: &ComponentInterface, calls: &[Call]) -> String {
    let mut all: Vec<String> = calls.iter().map(|call| call.symbol.clone()).collect();
    for object in interface.object_definitions().iter().filter(|object| !is_foreign(object)) {
        all.push(object.ffi_object_clone().name().to_owned());
        all.push(object.ffi_object_free().name().to_owned());
    }
    for set in ["void", "i8", "u64", "rust_buffer"] {
        if calls.iter().any(|call| call.future == Some(set)) {
            all.extend(
                ["poll", "cancel", "complete", "free"]
                    .map(|what| format!("ffi_planguard_rust_future_{what}_{set}")),
            );
        }
    }
    all.push("ffi_planguard_uniffi_contract_version".to_owned());
    all.sort();
    all.join("\n") + "\n"
}
