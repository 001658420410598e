//! Entitlements documents that were refused as a whole.

use super::{or_none, words};
use crate::model::Locale;
use crate::net::DocumentError;
use crate::words::format::Reader;

words! {
    DocumentError {
        NotJson => "not_json",
        Encoding => "encoding",
        DoubledKey => "doubled_key",
        IssuedAhead => "issued_ahead",
        Loses => "loses",
        Conflict => "conflict",
        NotAnObject => "not_an_object",
        WrongContentType => "wrong_content_type",
        NoTrustedKey => "no_trusted_key",
        Unsigned => "unsigned",
        Signature => "signature",
        TooOld => "too_old",
        Replaced => "replaced",
        NewerSchema => "newer_schema",
        UnknownSchema => "unknown_schema",
        WrongApp => "wrong_app",
        Missing => "missing",
        Invalid => "invalid",
    }
}

impl DocumentError {
    /// Why the document cannot be used and what to do, in sentences for a screen. Dates are in UTC.
    #[allow(clippy::too_many_lines, reason = "one text for each variant")]
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let pick = |english: &str, chinese: &str| reader.pick(english, chinese).to_owned();
        let fix = || pick("correct the endpoint", "请更正接口");
        let update = || pick("update the app", "请更新应用");
        reader.sentences(match self {
            Self::Encoding(error) => return error.explain(locale),
            Self::Signature(error) => return error.explain(locale),
            Self::NotJson { .. } => [
                pick("the entitlements document is not JSON", "权益文档不是 JSON"),
                pick("check what the endpoint, or a proxy before it, sent", "请检查接口或其前面的代理所返回的内容"),
            ],
            Self::NotAnObject => [
                pick("the entitlements document is not a JSON object", "权益文档不是 JSON 对象"),
                pick("have the endpoint send the entitlements of one app", "请让接口返回单个应用的权益"),
            ],
            Self::DoubledKey { field } => [
                reader.say(
                    format!("the entitlements document has {field} twice"),
                    format!("权益文档中的 {field} 出现了两次"),
                ),
                pick("have the endpoint send it once", "请让接口只返回一次"),
            ],
            Self::IssuedAhead { issued_at, now } => {
                let (issued_at, now) = (reader.moment(*issued_at), reader.moment(*now));
                [
                    reader.say(
                        format!("the entitlements document is dated {issued_at}, and it is {now} now"),
                        format!("权益文档的日期为{issued_at}，晚于当前时间{now}"),
                    ),
                    pick("correct the endpoint's clock", "请校正接口的时钟"),
                ]
            }
            Self::Loses { field, .. } => [
                reader.say(
                    format!("the entitlements document has something in {field} that cannot be read, and the one held has it"),
                    format!("权益文档中的 {field} 无法读取，而已有的文档中有此项"),
                ),
                pick("correct the spelling, or update the app", "请更正拼写，或更新应用"),
            ],
            Self::Conflict { revision } => [
                reader.say(
                    format!("revision {revision} of the entitlements was received before and said something else"),
                    format!("此前收到过第{revision}版权益文档，其内容不同"),
                ),
                pick("have the endpoint raise the revision with every change", "请让接口在每次变更时提高版本号"),
            ],
            Self::WrongContentType { found } => [
                reader.say(
                    format!("the answer is of the type “{found}”, not of application/json or application/jose"),
                    format!("响应的类型为“{}”，而不是 application/json 或 application/jose", or_none(found)),
                ),
                pick(
                    "check the address of the endpoint; this may be another site's page",
                    "请检查接口的地址，这可能是其他网站的页面",
                ),
            ],
            Self::NoTrustedKey => [
                pick(
                    "the entitlements document is signed, and no key to verify it is configured",
                    "权益文档带有签名，但没有设置用于验证的密钥",
                ),
                pick(
                    "configure the endpoint's public key, or have it send unsigned documents",
                    "请设置接口的公钥，或让接口返回未签名的文档",
                ),
            ],
            Self::Unsigned => [
                pick(
                    "the entitlements document is not signed, and keys to verify it are configured",
                    "权益文档没有签名，而已设置了用于验证的密钥",
                ),
                pick(
                    "have the endpoint sign its documents and send them as application/jose, or configure no keys",
                    "请让接口对文档签名并以 application/jose 发送，或不设置密钥",
                ),
            ],
            Self::TooOld { issued_at, now, days } => {
                let (issued_at, now) = (reader.moment(*issued_at), reader.moment(*now));
                [
                    reader.say(
                        format!(
                            "the entitlements document is dated {issued_at}, more than {days} days before now, {now}"
                        ),
                        format!("权益文档的日期为{issued_at}，比当前时间{now}早{days}天以上"),
                    ),
                    pick(
                        "have the endpoint sign it anew, or correct the clock of this device",
                        "请让接口重新签名，或校正本设备的时钟",
                    ),
                ]
            }
            Self::Replaced { noted, found } => [
                reader.say(
                    format!("the cached document has revision {found}, and revision {noted} was kept"),
                    format!("缓存的权益文档为第{found}版，而保存时为第{noted}版"),
                ),
                pick("fetch it again", "请重新获取"),
            ],
            Self::NewerSchema { found, known } => [
                reader.say(
                    format!("the entitlements document has schema {found}, and this version reads up to {known}"),
                    format!("权益文档的格式版本为{found}，当前版本最高支持{known}"),
                ),
                update(),
            ],
            Self::UnknownSchema { found, known } => [
                reader.say(
                    format!("the entitlements document has schema {found}, which does not exist"),
                    format!("权益文档的格式版本{found}不存在"),
                ),
                reader.say(format!("have the endpoint send {known}"), format!("请让接口使用版本{known}")),
            ],
            Self::WrongApp { expected, found } => [
                reader.say(
                    format!("the entitlements document is for the app {found}, and this app is {expected}"),
                    format!("权益文档属于应用{found}，而此应用为{expected}"),
                ),
                pick("check the endpoint", "请检查接口"),
            ],
            Self::Missing { field } => [
                reader.say(
                    format!("the entitlements document lacks {field}, which is required"),
                    format!("权益文档缺少必需的 {field}"),
                ),
                fix(),
            ],
            Self::Invalid { field, .. } => [
                reader.say(
                    format!("the entitlements document has a value in {field} that cannot be used"),
                    format!("权益文档中 {field} 的值无法使用"),
                ),
                fix(),
            ],
        })
    }
}
