//! What a library may weigh.

use std::collections::BTreeMap;

use anyhow::{Context, bail};

use crate::workspace::Workspace;

/// The list, by path from the root.
pub(crate) const LIST: &str = "xtask/size-budgets.toml";

/// Bytes of the stripped library of one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// What it must not exceed.
    pub most: u64,
    /// What it should come to.
    pub wanted: u64,
}

/// The budgets by shape.
pub(crate) fn read(workspace: &Workspace) -> anyhow::Result<BTreeMap<String, Budget>> {
    let text =
        std::fs::read_to_string(workspace.root.join(LIST)).with_context(|| format!("reading {LIST}"))?;
    parse(&text).with_context(|| LIST.to_owned())
}

fn parse(text: &str) -> anyhow::Result<BTreeMap<String, Budget>> {
    let table: toml::Table = toml::from_str(text)?;
    let number = |shape: &str, entry: &toml::Value, name: &str| -> anyhow::Result<u64> {
        let number = entry.get(name).and_then(toml::Value::as_integer);
        let number = number.with_context(|| format!("{shape}.{name}: a number of bytes is missing"))?;
        u64::try_from(number).with_context(|| format!("{shape}.{name}: {number} is negative"))
    };
    let mut budgets = BTreeMap::new();
    for (shape, entry) in &table {
        if !crate::mobile::SHAPES.iter().any(|known| known.name == shape) {
            bail!("{shape}: no such library; there are ffi, host-http, whole");
        }
        let budget = Budget { most: number(shape, entry, "most")?, wanted: number(shape, entry, "wanted")? };
        budgets.insert(shape.clone(), budget);
    }
    Ok(budgets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn budgets_are_read_and_misspelt_ones_refused() {
        let budgets = parse("[ffi]\nmost = 2_000\nwanted = 1_000\n").unwrap();
        assert_eq!(budgets["ffi"], Budget { most: 2_000, wanted: 1_000 });
        assert!(parse("[fii]\nmost = 1\nwanted = 1\n").is_err());
        assert!(parse("[ffi]\nmost = 1\n").is_err());
        assert!(parse("[ffi]\nmost = -1\nwanted = 1\n").is_err());
    }
}
