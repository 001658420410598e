//! The keys of one app: all in one slot of a cluster, none of another app.

use crate::model::SdkAppId;

/// The keys of one app.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    pub(super) head: String,
    pub(super) rows: String,
    pub(super) log: String,
    pub(super) bid: String,
    /// Where this process gathers rows that it writes anew.
    pub(super) anew: String,
    /// The channel on which commits are told.
    pub(super) channel: String,
}

impl Keys {
    pub(super) fn new(app: SdkAppId, process: &str) -> Self {
        let key = |name: &str| format!("{{planguard:{}}}:{name}", app.get());
        Self {
            head: key("head"),
            rows: key("rows"),
            log: key("log"),
            bid: key("bid"),
            anew: key(&format!("anew:{process}")),
            channel: key("changed"),
        }
    }
}
