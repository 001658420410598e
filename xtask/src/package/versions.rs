//! One version for all packages: the one in `Cargo.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::workspace::Workspace;

/// Maven's group, in poms.
const GROUP: &str = "<groupId>io.planguard</groupId>";

/// npm's own files of the package for the Web.
const NPM: [&str; 2] = ["bindings/web/package.json", "bindings/web/package-lock.json"];

/// The version of the workspace.
pub(crate) fn of(workspace: &Workspace) -> anyhow::Result<String> {
    let text = fs::read_to_string(workspace.root.join("Cargo.toml")).context("reading Cargo.toml")?;
    let manifest: toml::Table = toml::from_str(&text).context("Cargo.toml")?;
    let workspace = manifest.get("workspace");
    let package = workspace.and_then(|workspace| workspace.get("package"));
    let version = package.and_then(|package| package.get("version"));
    Ok(version
        .and_then(toml::Value::as_str)
        .context("Cargo.toml has no workspace.package.version")?
        .to_owned())
}

/// The files of packages that name another version. Python reads it from `Cargo.toml`, and Swift packages have none.
pub(crate) fn problems(workspace: &Workspace) -> anyhow::Result<Vec<String>> {
    let version = of(workspace)?;
    let mut files = Vec::new();
    list(&workspace.root.join("bindings/kotlin"), &mut files)?;
    files.extend(NPM.iter().map(|name| workspace.root.join(name)).filter(|path| path.is_file()));
    let mut found = Vec::new();
    for path in files {
        let name = path.strip_prefix(&workspace.root).unwrap_or(&path).display().to_string();
        let text = fs::read_to_string(&path).with_context(|| format!("reading {name}"))?;
        let named = match path.extension().and_then(std::ffi::OsStr::to_str) {
            Some("kts") => of_gradle(&text),
            Some("json") => of_npm(&text),
            _ => of_pom(&text),
        };
        for other in named.into_iter().filter(|named| *named != version) {
            found.push(format!("{name}: version {other}, and Cargo.toml says {version}"));
        }
    }
    Ok(found)
}

/// The poms and Gradle files below a folder, except those of a build.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "generated", "src"].contains(&name.as_str()) {
                list(&path, files)?;
            }
        } else if name == "pom.xml"
            || path.extension().is_some_and(|end| end == "pom")
            || name == "build.gradle.kts"
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Each version that a pom gives to one of planguard's artifacts; the pom's own by reference is right.
fn of_pom(text: &str) -> Vec<&str> {
    let after = |rest: &'_ str| -> Option<(usize, usize)> {
        let start = rest.find("<version>")? + "<version>".len();
        Some((start, start + rest[start..].find('<')?))
    };
    let named = text.match_indices(GROUP).filter_map(|(at, _)| {
        let rest = &text[at + GROUP.len()..];
        // Up to the next artifact: a dependency may leave the version to the parent.
        let rest = rest.split("<groupId>").next()?;
        after(rest).map(|(start, end)| &rest[start..end])
    });
    named.filter(|version| *version != "${project.version}").collect()
}

/// The version of a Gradle project.
fn of_gradle(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).collect()
}

/// The version of an npm package; in a lock file, those of the package itself, which come before any other.
fn of_npm(text: &str) -> Vec<&str> {
    let own = text.split("node_modules/").next().unwrap_or(text);
    let line = |line: &'_ str| -> Option<(usize, usize)> {
        let start = line.find("\"version\": \"")? + "\"version\": \"".len();
        Some((start, start + line[start..].find('"')?))
    };
    own.lines().filter_map(|text| line(text).map(|(start, end)| &text[start..end])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_of_own_artifacts_are_found() {
        let pom = "<parent>\n<groupId>io.planguard</groupId>\n<artifactId>p</artifactId>\n<version>0.0.9</version></parent>
            <dependency><groupId>io.planguard</groupId><artifactId>x</artifactId><version>${project.version}</version>
            </dependency><dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13.2</version>";
        assert_eq!(of_pom(pom), ["0.0.9"]);
        let lock = "{\n  \"version\": \"0.0.7\",\n  \"packages\": {\n    \"\": {\n      \"version\": \"0.0.6\"\n    },
            \"node_modules/react\": {\n      \"version\": \"19.3.1\"\n";
        assert_eq!(of_npm(lock), ["0.0.7", "0.0.6"]);
        assert_eq!(
            of_gradle("plugins {\n    kotlin(\"android\") version \"2.2\"\n}\nversion = \"0.0.8\"\n"),
            ["0.0.8"]
        );
    }

    #[test]
    fn a_stale_version_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace { root: folder.path().to_path_buf(), target: folder.path().join("target") };
        fs::create_dir_all(folder.path().join("bindings/kotlin/jvm")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[workspace.package]\nversion = \"0.2.0\"\n").unwrap();
        let pom =
            |version| format!("{GROUP}<artifactId>planguard-jvm</artifactId><version>{version}</version>");
        let path = folder.path().join("bindings/kotlin/jvm/pom.xml");
        fs::write(&path, pom("0.1.0")).unwrap();
        let found = problems(&workspace).unwrap();
        assert_eq!(found, ["bindings/kotlin/jvm/pom.xml: version 0.1.0, and Cargo.toml says 0.2.0"]);
        fs::write(&path, pom("0.2.0")).unwrap();
        assert!(problems(&workspace).unwrap().is_empty());
    }
}
