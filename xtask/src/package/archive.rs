//! Zip files: jars, wheels, AARs and the Swift package. They, and npm's tarballs, are read to check what is in
//! them; zip files are written, with fixed times.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use anyhow::Context;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::tarball;

/// Contents by name, in the order in which they are written.
pub(super) type Entries = BTreeMap<String, Vec<u8>>;

/// The files in an archive.
pub(super) fn read(name: &str, bytes: &[u8]) -> anyhow::Result<Entries> {
    if Path::new(name).extension().is_some_and(|end| end == "tgz") {
        return tarball::read(name, bytes);
    }
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).with_context(|| format!("{name} is no zip file"))?;
    let mut entries = Entries::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).with_context(|| format!("reading {name}"))?;
        if file.is_file() {
            let entry = file.name().with_context(|| format!("reading {name}"))?.into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).with_context(|| format!("reading {name}"))?;
            entries.insert(entry, content);
        }
    }
    Ok(entries)
}

/// Writes an archive. The same entries give the same bytes: the times are those of the format's first day.
pub(super) fn write(path: &Path, entries: &Entries) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| format!("making {}", path.display()))?;
    let mut writer = ZipWriter::new(file);
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).unix_permissions(0o644);
    for (name, content) in entries {
        writer.start_file(name.as_str(), options).with_context(|| format!("packing {name}"))?;
        writer.write_all(content).with_context(|| format!("packing {name}"))?;
    }
    writer.finish().with_context(|| format!("closing {}", path.display()))?;
    Ok(())
}

/// Where one of `paths` stands in an archive, or in an archive inside it: nothing of the machine that packed it belongs
/// there.
pub(super) fn holding(name: &str, bytes: &[u8], paths: &[String]) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for (entry, content) in read(name, bytes)? {
        let inside = format!("{name}/{entry}");
        let is_archive = Path::new(&entry).extension().is_some_and(|end| end == "jar");
        if is_archive {
            found.extend(holding(&inside, &content, paths)?);
        }
        for path in paths {
            let at = content.windows(path.len()).position(|window| window == path.as_bytes());
            if let Some(at) = at {
                let text: String = content[at..]
                    .iter()
                    .map(|&byte| char::from(byte))
                    .take_while(char::is_ascii_graphic)
                    .take(120)
                    .collect();
                found.push(format!("{inside} names a path of the machine that built it: {text}"));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archived(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        let entries = entries.iter().map(|(name, content)| ((*name).to_owned(), content.to_vec())).collect();
        write(&path, &entries).unwrap();
        std::fs::read(path).unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_the_same_each_time() {
        let bytes = archived(&[("b/c", b"one"), ("a", &[0; 1000])]);
        assert_eq!(bytes, archived(&[("a", &[0; 1000]), ("b/c", b"one")]));
        let entries = read("a.zip", &bytes).unwrap();
        assert_eq!(entries["b/c"], b"one");
        assert_eq!(entries.len(), 2);
        assert!(read("a.zip", b"not a zip file").is_err());
    }

    #[test]
    fn a_path_of_the_builder_is_found_inside_of_archives_too() {
        let jar = archived(&[("x.class", b"\0/builder/src/lib.rs:1\0")]);
        let aar = archived(&[("classes.jar", &jar), ("R.txt", b"builder")]);
        let found = holding("x.aar", &aar, &["/builder/".to_owned()]).unwrap();
        assert_eq!(
            found,
            ["x.aar/classes.jar/x.class names a path of the machine that built it: /builder/src/lib.rs:1"]
        );
        assert!(holding("x.aar", &aar, &["/somebody/".to_owned()]).unwrap().is_empty());
    }
}
