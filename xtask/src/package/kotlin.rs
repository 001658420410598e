//! The jars and the AAR: built by Maven from a copy of `bindings/kotlin`, laid out as a Maven repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{Artifact, Packed, Packing, android, archive, copy};
use crate::lower::{self, library_name, parent};
use crate::step;
use crate::toolchain::maven::{Maven, define};

/// Below the folder of packages: a repository that a build can name.
pub(super) const REPOSITORY: &str = "maven";
/// The modules that are packed, and one that others are compiled against.
const MODULES: &str = "jvm,imsdk-stubs,imsdk,android";

/// The generated file among the sources.
const GENERATED: &str = "generated/io/planguard/planguard.kt";
const SOURCES: &str = "sources";
const DOCS: &str = "documentation, by Dokka";

/// A jar that is packed.
struct Jar {
    module: &'static str,
    package: &'static str,
    contains: &'static str,
    class: &'static str,
}

const JARS: [Jar; 2] = [
    Jar {
        module: "jvm",
        package: "planguard-jvm",
        contains: "classes, test kit, minify rules, native library for ",
        class: "io/planguard/Planguard.class",
    },
    Jar {
        module: "imsdk",
        package: "planguard-imsdk",
        contains: "the adapter to Tencent Cloud Chat's Android SDK",
        class: "io/planguard/imsdk/GuardedChat.class",
    },
];

/// Builds and lays out.
pub(super) fn pack(packing: &Packing, packed: &mut Packed) -> anyhow::Result<()> {
    let maven = Maven::ready(packing.workspace)?;
    let project = packing.work.join("kotlin");
    copy(&packing.workspace.root.join("bindings/kotlin"), &project, &|name| {
        ["target", "generated", "gradle"].contains(&name)
    })?;
    // Below what is written by hand, so that it is among the sources and in the documentation too: apps meet its types.
    let beside = project.join("jvm/src/main/kotlin/generated");
    lower::kotlin::sources(&packing.generator, &packing.described, &beside)?;
    let generated = project.join("generated");
    let native = generated.join("native");
    let machine = lower::kotlin::jna_folder()?;
    let resource = format!("{machine}/{}", library_name());
    fs::create_dir_all(native.join(&machine))?;
    fs::copy(packing.library()?, native.join(&resource)).context("copying the library")?;
    fs::create_dir_all(generated.join("kotlin"))?;
    for (name, text) in packing.licences()? {
        lower::write(&native.join("META-INF").join(name), &text)?;
    }

    let mut command = maven.command(packing.workspace, &project);
    // The AAR is assembled below, from libraries for Android.
    command.args(["-P", "release", "-pl", MODULES, "package", "-Dmaven.antrun.skip", "-DskipTests"]);
    // The native library is in the jar, and no source.
    command.arg("-Dmaven.source.excludeResources=true");
    command.arg(define("planguard.generated", &generated.join("kotlin")));
    command.arg(define("planguard.native", &native));
    step::run("maven", &mut command)?.require()?;

    lay_out(packing, packed, "planguard-parent", &project.join("pom.xml"), "pom", "what the poms share")?;
    for jar in &JARS {
        let version = &packing.version;
        let folder = project.join(jar.module).join("target");
        let built = folder.join(format!("{}-{version}.jar", jar.package));
        let is_jvm = jar.module == "jvm";
        let contains = format!("{}{}", jar.contains, if is_jvm { machine.as_str() } else { "" });
        let artifact = lay_out(packing, packed, jar.package, &built, "jar", &contains)?;
        artifact.required = vec![jar.class.to_owned()];
        if is_jvm {
            let rules = "META-INF/proguard/planguard.pro".to_owned();
            artifact.required.extend([resource.clone(), rules, "META-INF/LICENSE-MIT".to_owned()]);
        }
        let properties = format!("META-INF/maven/io.planguard/{}/pom.properties", jar.package);
        artifact.version = Some((properties, format!("version={version}")));
        let beside = |classifier: &str| folder.join(format!("{}-{version}-{classifier}.jar", jar.package));
        let sources = lay_out(packing, packed, jar.package, &beside("sources"), "sources.jar", SOURCES)?;
        sources.required = vec![jar.class.replace(".class", ".kt")];
        sources.required.extend(is_jvm.then(|| GENERATED.to_owned()));
        let docs = lay_out(packing, packed, jar.package, &beside("javadoc"), "javadoc.jar", DOCS)?;
        timeless(&packing.out.join(&docs.file))?;
        docs.required = vec!["index.html".to_owned()];
        lay_out(
            packing,
            packed,
            jar.package,
            &project.join(jar.module).join("pom.xml"),
            "pom",
            "dependencies",
        )?;
    }
    pack_aar(packing, packed, &project)
}

/// Copies a file to its place in the repository: `kind` is its ending, behind a classifier if it has one.
fn lay_out<'a>(
    packing: &Packing,
    packed: &'a mut Packed,
    package: &'static str,
    from: &Path,
    kind: &str,
    contains: &str,
) -> anyhow::Result<&'a mut Artifact> {
    let file = place(package, &packing.version, kind);
    let to = packing.out.join(&file);
    fs::create_dir_all(parent(&to)?)?;
    fs::copy(from, &to).with_context(|| format!("{} was not built", from.display()))?;
    add(packed, package, file, contains)
}

fn add<'a>(
    packed: &'a mut Packed,
    package: &'static str,
    file: PathBuf,
    contains: &str,
) -> anyhow::Result<&'a mut Artifact> {
    let (contains, required) = (contains.to_owned(), Vec::new());
    packed.artifacts.push(Artifact { package, file, contains, required, version: None });
    packed.artifacts.last_mut().context("an artifact was added")
}

/// Where a repository has a file.
fn place(package: &str, version: &str, kind: &str) -> PathBuf {
    let mark = if kind.contains('.') { '-' } else { '.' };
    PathBuf::from(format!("{REPOSITORY}/io/planguard/{package}/{version}/{package}-{version}{mark}{kind}"))
}

/// Packs a jar again, since Dokka writes the time of day into each entry.
fn timeless(jar: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(jar).with_context(|| format!("reading {}", jar.display()))?;
    archive::write(jar, &archive::read(&jar.display().to_string(), &bytes)?)
}

/// The AAR, in the repository only if it has a library for every ABI: an app that finds it there must run.
fn pack_aar(packing: &Packing, packed: &mut Packed, project: &Path) -> anyhow::Result<()> {
    let (version, name) = (&packing.version, android::NAME);
    let (whole, libraries) = (packing.android.whole(), &packing.android);
    let place = |kind: &str| {
        let place = place(name, version, kind);
        if whole {
            return place;
        }
        let file = place
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .replace(version, &format!("{version}-partial"));
        PathBuf::from(format!("{name}-partial")).join(file)
    };
    let aar = place("aar");
    fs::create_dir_all(parent(&packing.out.join(&aar))?)?;
    let target = |module: &str, file: &str| project.join(module).join("target").join(file);
    let [android, jvm] =
        ["android", "jvm"].map(|module| target(module, &format!("planguard-{module}-{version}.jar")));
    let mut command = packing.workspace.command("java");
    command.arg(project.join("tools/Aar.java")).args(["--version", version, "--aar"]);
    command.arg(project.join("android/aar")).arg("--jar").arg(android).arg("--jar").arg(jvm);
    if !libraries.none() {
        let jni = packing.work.join("jni");
        libraries.copy(&jni)?;
        command.arg("--jni").arg(jni);
    }
    step::run("assemble the AAR", command.arg("--out").arg(packing.out.join(&aar)))?.require()?;

    let abis = if libraries.none() {
        "no library".to_owned()
    } else {
        format!("libraries for {}", libraries.names())
    };
    let artifact = add(packed, name, aar, &format!("classes, manifest, rules, {abis}"))?;
    artifact.required =
        ["AndroidManifest.xml", "classes.jar", "proguard.txt", "R.txt"].map(str::to_owned).to_vec();
    artifact
        .required
        .extend(libraries.built.iter().map(|(abi, _)| format!("jni/{}/libplanguard.so", abi.name)));

    // The AAR has the classes of the jar, so it has their sources, and does not depend on the jar.
    let mut sources = archive::Entries::new();
    for module in ["jvm", "android"] {
        let path = target(module, &format!("planguard-{module}-{version}-sources.jar"));
        let bytes = fs::read(&path).with_context(|| format!("{} was not built", path.display()))?;
        sources.extend(archive::read(&path.display().to_string(), &bytes)?);
    }
    archive::write(&packing.out.join(place("sources.jar")), &sources)?;
    add(packed, name, place("sources.jar"), SOURCES)?.required =
        vec![GENERATED.to_owned(), "io/planguard/android/UpkeepService.kt".to_owned()];

    let docs = target("android", &format!("planguard-android-{version}-javadoc.jar"));
    for (from, kind, contains) in [
        (docs, "javadoc.jar", DOCS),
        (project.join("android/aar/planguard-android.pom"), "pom", "dependencies"),
    ] {
        fs::copy(&from, packing.out.join(place(kind)))
            .with_context(|| format!("{} is missing", from.display()))?;
        let artifact = add(packed, name, place(kind), contains)?;
        if kind != "pom" {
            artifact.required = vec!["index.html".to_owned()];
            timeless(&packing.out.join(place(kind)))?;
        }
    }
    packed.missing.extend(libraries.missing());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_lie_where_maven_looks() {
        let folder = Path::new("maven/io/planguard/planguard-jvm/0.2.0");
        assert_eq!(place("planguard-jvm", "0.2.0", "jar"), folder.join("planguard-jvm-0.2.0.jar"));
        assert_eq!(
            place("planguard-jvm", "0.2.0", "sources.jar"),
            folder.join("planguard-jvm-0.2.0-sources.jar")
        );
    }
}
