//! Bills of materials: for each package, every crate that is linked into it, with version, licence and checksum, in
//! `CycloneDX`'s form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, ensure};
use cyclonedx_bom::external_models::normalized_string::NormalizedString;
use cyclonedx_bom::external_models::spdx::SpdxExpression;
use cyclonedx_bom::external_models::uri::Purl;
use cyclonedx_bom::models::bom::SpecVersion;
use cyclonedx_bom::models::component::{Classification, Component, Components};
use cyclonedx_bom::models::hash::{Hash, HashAlgorithm, HashValue, Hashes};
use cyclonedx_bom::models::license::{LicenseChoice, Licenses};
use cyclonedx_bom::models::metadata::Metadata;
use cyclonedx_bom::prelude::{Bom, Validate as _};
use serde_json::Value;

use super::{Artifact, Packed, Packing, android, python, swift, web};
use crate::lower::{Language, Languages};
use crate::mobile::{self, DESKTOP, SHAPES};
use crate::size::symbols;
use crate::toolchain::ndk::ABIS;
use crate::wasm;
use crate::workspace::Workspace;

/// Below the folder of packages.
const FOLDER: &str = "sbom";
/// What compiler and standard library bring of their own, whose versions are the compiler's.
const OF_STD: [&str; 14] = [
    "__rustc",
    "addr2line",
    "adler2",
    "cfg_if",
    "compiler_builtins",
    "gimli",
    "libc",
    "memchr",
    "miniz_oxide",
    "object",
    "panic_unwind",
    "rustc_demangle",
    "std_detect",
    "unwind",
];

/// A crate that is linked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Linked {
    name: String,
    version: String,
    licence: String,
}

/// What a package is linked from.
struct Contents {
    package: &'static str,
    /// The file's name, without version.
    file: &'static str,
    /// Packages of the workspace that are built for it.
    roots: &'static [&'static str],
    /// Features, where they are not the packages' own.
    features: Option<&'static str>,
    /// Targets; this machine where there is none.
    targets: Vec<&'static str>,
}

/// Writes one beside each package, and one for the crate.
pub(super) fn pack(packing: &Packing, languages: &Languages, packed: &mut Packed) -> anyhow::Result<()> {
    fs::create_dir_all(packing.out.join(FOLDER))?;
    let checksums = checksums(packing.workspace)?;
    for contents in contents(languages) {
        let bill = bill(&contents, &packing.version, &linked(packing.workspace, &contents)?, &checksums)?;
        let file = PathBuf::from(FOLDER).join(format!("{}-{}.cdx.json", contents.file, packing.version));
        fs::write(packing.out.join(&file), json(&bill)?)
            .with_context(|| format!("writing {}", file.display()))?;
        packed.artifacts.push(Artifact {
            package: contents.package,
            file,
            contains: format!("bill of materials: {} crates", bill.components.map_or(0, |all| all.0.len())),
            required: Vec::new(),
            version: None,
        });
    }
    Ok(())
}

/// Every crate whose code is in the library that desktops are shipped must be in its bill.
pub(super) fn check(packing: &Packing) -> anyhow::Result<Vec<String>> {
    let with_symbols = mobile::folder(packing.workspace, None).join(crate::lower::library_name());
    let bytes = fs::read(&with_symbols).with_context(|| format!("reading {}", with_symbols.display()))?;
    let code = symbols::read(&bytes)?.crates;
    ensure!(code.len() > 20, "the library says of {} crates that their code is in it", code.len());
    let desktop = desktop("planguard", "planguard");
    let linked = linked(packing.workspace, &desktop)?;
    Ok(unlisted(&linked, &code, &libraries(packing.workspace)?))
}

const fn desktop(package: &'static str, file: &'static str) -> Contents {
    Contents { package, file, roots: &["planguard"], features: Some(DESKTOP.features), targets: Vec::new() }
}

fn contents(languages: &Languages) -> Vec<Contents> {
    let every = vec!["all"];
    let mut all = vec![Contents {
        package: "planguard",
        file: "planguard",
        roots: &["planguard"],
        features: None,
        targets: every,
    }];
    if languages.include(Language::Kotlin) {
        all.push(desktop("planguard-jvm", "planguard-jvm"));
        all.push(Contents {
            package: android::NAME,
            file: android::NAME,
            roots: &["planguard"],
            features: Some(SHAPES[2].features),
            targets: ABIS.iter().map(|abi| abi.target).collect(),
        });
    }
    if languages.include(Language::Swift) {
        all.push(desktop(swift::NAME, swift::NAME));
    }
    if languages.include(Language::Python) {
        all.push(desktop(python::NAME, python::NAME));
    }
    if languages.include(Language::Web) {
        let roots = &["planguard-web", "planguard-mini"];
        let targets = vec![wasm::TARGET];
        all.push(Contents { package: web::NAME, file: "planguard-web", roots, features: None, targets });
    }
    all
}

/// What cargo links: neither build scripts and macros, which run at build time, nor what only tests need.
fn linked(workspace: &Workspace, contents: &Contents) -> anyhow::Result<BTreeSet<Linked>> {
    let mut all = BTreeSet::new();
    for root in contents.roots {
        let mut command = workspace.cargo(["tree", "--locked", "--package", root, "--prefix", "none"]);
        command.args(["--edges", "normal,no-proc-macro", "--format", "{p}|{l}"]);
        if let Some(features) = contents.features {
            command.args(["--no-default-features", "--features", features]);
        }
        for target in &contents.targets {
            command.args(["--target", target]);
        }
        if contents.targets.contains(&wasm::TARGET) {
            // As the modules are built: the package draws random bytes, and nothing of wasm-bindgen is linked.
            command.env("CARGO_ENCODED_RUSTFLAGS", "--cfg=getrandom_backend=\"custom\"");
        }
        let output = command.output().context("cargo tree did not start")?;
        ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
        // An empty line stands between targets.
        for line in String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.is_empty()) {
            all.extend(crate_of(line).with_context(|| format!("cargo tree printed `{line}`"))?);
        }
    }
    ensure!(all.len() > 10, "cargo tree names {} crates", all.len());
    Ok(all)
}

/// A line of `cargo tree`: `NAME vVERSION (where)|LICENCE`, and `(*)` behind it where it stood before. `None` for a crate of
/// this workspace.
fn crate_of(line: &str) -> anyhow::Result<Option<Linked>> {
    let (about, licence) = line.trim_end_matches(" (*)").split_once('|').context("no licence")?;
    let mut words = about.split(' ');
    let (name, version) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let version = version.strip_prefix('v').context("no version")?;
    if words.any(|word| word.starts_with('(') && word.contains(['/', '\\'])) {
        return Ok(None);
    }
    ensure!(!licence.is_empty(), "no licence");
    Ok(Some(Linked { name: name.to_owned(), version: version.to_owned(), licence: licence.to_owned() }))
}

/// Checksums in the lock file, by name and version.
fn checksums(workspace: &Workspace) -> anyhow::Result<BTreeMap<(String, String), String>> {
    let lock: toml::Table = toml::from_str(&fs::read_to_string(workspace.root.join("Cargo.lock"))?)?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock lists nothing")?;
    let of = |package: &toml::Value| {
        let text = |name| Some(package.get(name)?.as_str()?.to_owned());
        Some(((text("name")?, text("version")?), text("checksum")?))
    };
    Ok(packages.iter().filter_map(of).collect())
}

fn bill(
    contents: &Contents,
    version: &str,
    linked: &BTreeSet<Linked>,
    checksums: &BTreeMap<(String, String), String>,
) -> anyhow::Result<Bom> {
    let mut components = Vec::new();
    for part in linked {
        let key = (part.name.clone(), part.version.clone());
        let sum =
            checksums.get(&key).with_context(|| format!("Cargo.lock has no checksum of {}", part.name))?;
        let purl = Purl::new("cargo", &part.name, &part.version)?;
        let mut component =
            Component::new(Classification::Library, &part.name, &part.version, Some(purl.to_string()));
        let licence = SpdxExpression::parse_lax(part.licence.clone())
            .with_context(|| format!("{}: `{}` is no licence", part.name, part.licence))?;
        component.licenses = Some(Licenses(vec![LicenseChoice::Expression(licence)]));
        component.hashes =
            Some(Hashes(vec![Hash { alg: HashAlgorithm::SHA_256, content: HashValue(sum.clone()) }]));
        component.purl = Some(purl);
        components.push(component);
    }
    let mut subject = Component::new(Classification::Library, contents.package, version, None);
    subject.description = Some(NormalizedString::new("the crates linked into this package of planguard"));
    let bill = Bom {
        // Of no time and no number, so that the same package has the same bill.
        serial_number: None,
        metadata: Some(Metadata { component: Some(subject), ..Metadata::default() }),
        components: Some(Components(components)),
        spec_version: SpecVersion::V1_5,
        ..Bom::default()
    };
    let validity = bill.validate();
    ensure!(validity.passed(), "the bill of {} is not valid: {validity:?}", contents.package);
    Ok(bill)
}

fn json(bill: &Bom) -> anyhow::Result<Vec<u8>> {
    let mut out = Vec::new();
    bill.clone().output_as_json(&mut out, SpecVersion::V1_5)?;
    out.push(b'\n');
    Ok(out)
}

/// Which package a library's name is of: `webpki` is that of `rustls-webpki`.
fn libraries(workspace: &Workspace) -> anyhow::Result<BTreeMap<String, String>> {
    let output = workspace.cargo(["metadata", "--locked", "--format-version", "1"]).output()?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut names = BTreeMap::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        for target in package["targets"].as_array().into_iter().flatten() {
            if let (Some(library), Some(name)) = (target["name"].as_str(), package["name"].as_str())
                && target["kind"].as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "lib"))
            {
                names.insert(library.replace('-', "_"), name.to_owned());
            }
        }
    }
    Ok(names)
}

/// Crates whose code is there and whose names are not in the list.
fn unlisted(
    linked: &BTreeSet<Linked>,
    code: &BTreeMap<String, u64>,
    libraries: &BTreeMap<String, String>,
) -> Vec<String> {
    let listed = |name: &str| linked.iter().any(|part| part.name == name);
    let package = |name: &str| match name {
        "SQLite (C)" => Some("libsqlite3-sys".to_owned()),
        // A symbol of C whose file the linker does not name; the crates that compile C are those two.
        _ if name == "planguard" || name == "std" || name.starts_with("other (") => None,
        _ => Some(libraries.get(name).cloned().unwrap_or_else(|| name.to_owned())),
    };
    code.iter()
        .filter_map(|(name, bytes)| Some((name, package(name)?, bytes)))
        .filter(|(name, package, _)| !listed(package) && !OF_STD.contains(&name.as_str()))
        .map(|(_, package, bytes)| {
            format!("{bytes} bytes of {package} are in the library, and no bill names it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str) -> Linked {
        Linked { name: name.to_owned(), version: "1.0.0".to_owned(), licence: "MIT/Apache-2.0".to_owned() }
    }

    #[test]
    fn a_line_of_the_tree_is_a_crate_or_one_of_ours() {
        let read = |line| crate_of(line).unwrap();
        assert_eq!(read("a v1.0.0|MIT/Apache-2.0"), Some(part("a")));
        assert_eq!(read("a v1.0.0|MIT/Apache-2.0 (*)"), Some(part("a")));
        assert_eq!(read("planguard v0.1.0 (/somewhere/planguard)|MIT"), None);
        for line in ["a v1.0.0", "a v1.0.0|", "a|MIT", ""] {
            assert!(crate_of(line).is_err(), "{line}");
        }
    }

    #[test]
    fn a_bill_lists_every_linked_crate_with_version_licence_and_checksum() {
        let workspace = Workspace::find().unwrap();
        let contents = desktop("planguard-jvm", "planguard-jvm");
        let linked = linked(&workspace, &contents).unwrap();
        let bill = bill(&contents, "0.1.0", &linked, &checksums(&workspace).unwrap()).unwrap();
        let text = json(&bill).unwrap();
        assert_eq!(text, json(&bill).unwrap());
        let read: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!((&read["bomFormat"], &read["specVersion"]), (&"CycloneDX".into(), &"1.5".into()));
        let components = read["components"].as_array().unwrap();
        assert_eq!(components.len(), linked.len());
        for component in components {
            assert!(component["version"].is_string(), "{component}");
            assert!(component["licenses"][0]["expression"].is_string(), "{component}");
            assert_eq!(component["hashes"][0]["content"].as_str().unwrap().len(), 64, "{component}");
        }
        let has = |name: &str| components.iter().any(|component| component["name"] == name);
        for name in ["rusqlite", "libsqlite3-sys", "reqwest", "rustls", "ring", "tokio", "uniffi", "toml"] {
            assert!(has(name), "{name} is linked");
        }
        for name in ["serde_derive", "cc", "clap", "proptest", "planguard"] {
            assert!(!has(name), "{name} is not linked, or ours");
        }
    }

    #[test]
    fn every_package_has_a_bill_of_its_own() {
        let workspace = Workspace::find().unwrap();
        let checksums = checksums(&workspace).unwrap();
        let mut names = BTreeSet::new();
        for contents in contents(&Languages::ALL) {
            let linked = linked(&workspace, &contents).unwrap();
            bill(&contents, "0.1.0", &linked, &checksums).unwrap();
            let links = |name: &str| linked.iter().any(|part| part.name == name);
            let on_the_web = contents.file == "planguard-web";
            assert_eq!(
                (links("rusqlite"), links("reqwest")),
                (!on_the_web, !on_the_web),
                "{}",
                contents.file
            );
            assert!(!(on_the_web && links("wasm-bindgen")), "the modules draw random bytes from the package");
            assert!(names.insert(contents.file), "{} is there twice", contents.file);
        }
        assert_eq!(names.len(), 6);
    }

    #[test]
    fn code_of_a_crate_that_no_bill_names_is_a_problem() {
        let linked = BTreeSet::from([part("rustls-webpki"), part("libsqlite3-sys")]);
        let libraries = BTreeMap::from([("webpki".to_owned(), "rustls-webpki".to_owned())]);
        let code = |names: &[&str]| names.iter().map(|&name| (name.to_owned(), 7)).collect();
        let fine = code(&["planguard", "std", "gimli", "webpki", "SQLite (C)", "other (x.c)"]);
        assert!(unlisted(&linked, &fine, &libraries).is_empty());
        assert_eq!(
            unlisted(&linked, &code(&["webpki", "ring"]), &libraries),
            ["7 bytes of ring are in the library, and no bill names it"]
        );
    }
}
