//! The cache folder: one folder per toolchain, ready only once its marker is written.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::step::seconds;

/// Written last, so that a folder without it is a half-made one. It holds the recipe it was made by.
const MARKER: &str = "READY";

/// Where toolchains are kept: `$PLANGUARD_CACHE`, else `~/.cache/planguard`.
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache of this user. Nothing is created yet.
    pub(crate) fn find() -> anyhow::Result<Self> {
        if let Some(folder) = std::env::var_os("PLANGUARD_CACHE").filter(|folder| !folder.is_empty()) {
            let folder = PathBuf::from(folder);
            ensure!(folder.is_absolute(), "PLANGUARD_CACHE: `{}` is not an absolute path", folder.display());
            return Ok(Self { folder });
        }
        let home = std::env::home_dir().context("no home folder: set PLANGUARD_CACHE to an absolute path")?;
        Ok(Self { folder: home.join(".cache/planguard") })
    }

    /// The folder itself, for tools that keep order in a folder of their own below it.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder `name`, made by `make` unless it is there already, made by the same `recipe`.
    ///
    /// A half-made or outdated folder is removed and made anew. Other processes wait meanwhile.
    pub(crate) fn ready(
        &self,
        name: &str,
        recipe: &str,
        make: impl FnOnce(&Path) -> anyhow::Result<()>,
    ) -> anyhow::Result<PathBuf> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot create the cache folder {}", self.folder.display()))?;
        let lock = File::create(self.folder.join(format!("{name}.lock")))?;
        lock.lock().with_context(|| format!("cannot lock {name} in the cache"))?;

        let folder = self.folder.join(name);
        let marker = folder.join(MARKER);
        match fs::read_to_string(&marker) {
            Ok(made_by) if made_by == recipe => {
                println!("── {name}: from the cache, {}", folder.display());
                return Ok(folder);
            }
            Ok(_) => println!("── {name}: the cached one was made by another recipe; making it anew"),
            Err(_) if folder.exists() => println!("── {name}: the cached one is half-made; making it anew"),
            Err(_) => println!("── {name}: not in the cache; making it in {}", folder.display()),
        }
        let started = Instant::now();
        if folder.exists() {
            // Without its marker at once, so that a removal that is broken off leaves a half-made folder.
            let _ = fs::remove_file(&marker);
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        fs::create_dir_all(&folder)?;
        make(&folder)?;
        fs::write(&marker, recipe)?;
        println!("── {name}: made in {} and kept in the cache", seconds(started.elapsed()));
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cache in a folder of this test, removed at its end.
    struct Scratch(Cache);

    impl Scratch {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("planguard-cache-{}-{name}", std::process::id()));
            Self(Cache { folder })
        }

        fn make(&self, recipe: &str, works: bool) -> (anyhow::Result<PathBuf>, bool) {
            let mut made = false;
            let result = self.0.ready("tool", recipe, |folder| {
                made = true;
                ensure!(fs::read_dir(folder)?.next().is_none(), "something of before is left");
                fs::write(folder.join("part"), "")?;
                ensure!(works, "no network");
                Ok(())
            });
            (result, made)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0.folder);
        }
    }

    #[test]
    fn is_made_once() {
        let scratch = Scratch::new("once");
        assert!(scratch.make("1", true).1);
        let (folder, made) = scratch.make("1", true);
        assert!(!made && folder.unwrap().join("part").exists());
    }

    #[test]
    fn a_half_made_folder_is_made_anew() {
        let scratch = Scratch::new("half");
        assert!(scratch.make("1", false).0.is_err());
        let (folder, made) = scratch.make("1", true);
        assert!(made && folder.is_ok());
    }

    #[test]
    fn another_recipe_makes_it_anew() {
        let scratch = Scratch::new("recipe");
        assert!(scratch.make("1", true).0.is_ok());
        let (folder, made) = scratch.make("2", true);
        assert!(made && folder.is_ok());
    }
}
