//! What npm packs: a tar file in gzip. Read only, to check what is in it.

use std::io::Read;

use anyhow::Context;
use flate2::read::GzDecoder;

use super::archive::Entries;

/// The files in a tarball.
pub(super) fn read(name: &str, bytes: &[u8]) -> anyhow::Result<Entries> {
    let reading = || format!("reading {name}");
    let mut entries = Entries::new();
    let mut archive = tar::Archive::new(GzDecoder::new(bytes));
    for file in archive.entries().with_context(reading)? {
        let mut file = file.with_context(reading)?;
        if file.header().entry_type().is_file() {
            let entry = file.path().with_context(reading)?.display().to_string();
            let mut content = Vec::new();
            file.read_to_end(&mut content).with_context(reading)?;
            entries.insert(entry, content);
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    #[test]
    fn files_are_read_and_anything_else_is_refused() {
        let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_size(3);
        builder.append_data(&mut header, "package/a.js", &b"abc"[..]).unwrap();
        let bytes = builder.into_inner().unwrap().finish().unwrap();
        let entries = super::read("a.tgz", &bytes).unwrap();
        assert_eq!(entries["package/a.js"], b"abc");
        assert_eq!(entries.len(), 1);
        assert!(super::read("a.tgz", b"no tarball").is_err());
    }
}
