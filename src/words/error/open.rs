//! Guards that could not be opened, and stores that failed.

use super::words;
use crate::client::OpenError;
use crate::model::Locale;
use crate::store::StoreError;
use crate::words::format::Reader;

words! {
    OpenError {
        Store => "store",
        Endpoint => "endpoint",
        Seed => "seed",
        Transport => "transport",
        Setting => "setting",
    }
    StoreError {
        Unwritable => "unwritable",
        NotOurs => "not_ours",
        OtherApp => "other_app",
        DiskFull => "disk_full",
        Busy => "busy",
        Unreachable => "unreachable",
        Refused => "refused",
        NewerSchema => "newer_schema",
        Backend => "backend",
    }
}

impl OpenError {
    /// Why the guard could not be opened and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        match self {
            Self::Store(error) => error.explain(locale),
            Self::Endpoint(error) => error.explain(locale),
            Self::Seed(error) => {
                let reader = Reader::of(locale);
                let head = reader.sentences([reader.say(
                    "the document that ships with the app cannot be used",
                    "应用自带的权益文档无法使用",
                )]);
                format!("{head}{}{}", reader.pick(" ", ""), error.explain(locale))
            }
            Self::Transport(error) => error.explain(locale),
            Self::Setting { field, problem, remedy } => setting(&Reader::of(locale), field, problem, remedy),
        }
    }
}

fn setting(reader: &Reader<'_>, field: &str, problem: &str, remedy: &str) -> String {
    let chinese = match field {
        "decisions.thresholds" => "请给出从小到大排列的 1 至 100 的百分比，例如 80、95、100",
        "fallback" => {
            "预设的价目表或其中的版本不存在，请给出已有的价目表和其中的版本，或设置提供该价目表的权益接口"
        }
        "credential" => "给出了凭证却没有设置权益接口，请设置接口地址，或去掉凭证",
        "trusted_keys" => {
            "请给出权益接口的 Ed25519 公钥（base64url、JWK 或 PUBLIC KEY 文件），最多八个，名称与接口的 kid 一致且互不相同；私钥不得放入应用，若已放入，请更换密钥对"
        }
        "audience" => "受众须与签名密钥一同设置且不能为空，请设置公钥和接口在 aud 中使用的名称，或去掉受众",
        "max_document_age" => "首个文档的最长时间不能为零，请设为更长的时间",
        "permit_ttl" => "预留的有效期不能为零，请至少设为一秒",
        "outbox_capacity" => "待上报事件的容量不能为零，请至少保留一条",
        "clock" => "在 Web 上必须传入时钟，请用 Date.now 和 setTimeout 实现",
        "transport" => "必须传入网络传输，请用宿主的 HTTP 客户端实现",
        _ => "请更正后重新打开",
    };
    reader.sentences([
        reader.say(
            format!("the setting {field} cannot be used: {problem}"),
            format!("设置项 {field} 无法使用"),
        ),
        reader.pick(remedy, chinese).to_owned(),
    ])
}

impl StoreError {
    /// Why the store cannot be used and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let pick = |english: &str, chinese: &str| reader.pick(english, chinese).to_owned();
        let parts = match self {
            Self::Unwritable { .. } => [
                pick("the store cannot be opened or created at this path", "无法在此路径打开或创建存储"),
                pick("pass a path inside the app's own writable directory", "请传入应用自己的可写目录中的路径"),
            ],
            Self::NotOurs { .. } => [
                pick(
                    "what is at this path, or in this schema, is not planguard's; it was left as it is",
                    "此路径或数据库模式（schema）中的内容不属于 planguard，已保持原样",
                ),
                pick(
                    "give planguard a path or a schema of its own",
                    "请为 planguard 指定单独的路径或数据库模式",
                ),
            ],
            Self::OtherApp { found, wanted } => [
                reader.say(
                    format!("the store belongs to the app {found}, not to {wanted}; it was left as it is"),
                    format!("该存储属于应用{found}，而不是{wanted}，已保持原样"),
                ),
                pick("give each app a store of its own", "请为每个应用使用单独的存储"),
            ],
            Self::DiskFull => [
                pick("the disk is full; nothing was lost", "磁盘已满，没有数据丢失"),
                pick("free some space", "请释放磁盘空间"),
            ],
            Self::Busy => [
                pick("the store is busy or did not answer in time", "存储繁忙或未及时响应"),
                pick("try again", "请重试"),
            ],
            Self::Unreachable { .. } => [
                pick("the server that holds the store cannot be reached", "无法连接存储所在的服务器"),
                pick("it is tried again with the next operation", "下次操作时会自动重试"),
            ],
            Self::Refused { .. } => [
                pick("the server that holds the store refuses it", "存储所在的服务器拒绝了访问"),
                pick("correct its address or the rights of its user", "请更正其地址或用户的权限"),
            ],
            Self::NewerSchema { found, known } => [
                reader.say(
                    format!(
                        "a newer version of planguard wrote the store: its schema is {found}, and this version \
                         knows up to {known}"
                    ),
                    format!("存储由更新版本的 planguard 写入：其格式版本为{found}，当前版本最高支持{known}"),
                ),
                pick("update the app", "请更新应用"),
            ],
            Self::Backend { .. } => [
                pick("the store failed", "存储发生故障"),
                pick("try again, and report it if it persists", "请重试，若问题持续请反馈"),
            ],
        };
        reader.sentences(parts)
    }
}
