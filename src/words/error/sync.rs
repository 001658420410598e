//! Syncs that failed.

use super::words;
use crate::client::{Older, SyncError};
use crate::model::Locale;
use crate::words::format::{Reader, number};

words! {
    SyncError {
        NoEndpoint => "no_endpoint",
        NotYet => "not_yet",
        Unreachable => "unreachable",
        Untrusted => "untrusted",
        Busy => "busy",
        CredentialUnavailable => "credential_unavailable",
        CredentialRefused => "credential_refused",
        CredentialMissing => "credential_missing",
        Denied => "denied",
        UnknownApp => "unknown_app",
        NoEndpointThere => "no_endpoint_there",
        BadDocument => "bad_document",
        Older => "older",
        NoReceipt => "no_receipt",
        TooLarge => "too_large",
        Redirected => "redirected",
        UnexpectedStatus => "unexpected_status",
        BadRequest => "bad_request",
        StoreFailed => "store_failed",
    }
    Older {
        Revision => "revision",
        IssuedAt => "issued_at",
    }
}

impl SyncError {
    /// Why the sync failed and what to do, in sentences for a screen. Dates are in UTC. The last good entitlements stay
    /// in force.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let mut text = why(&reader, self);
        if let Some(at) = self.retry_at() {
            let at = reader.instant(at);
            let wait = reader
                .say(format!("the next request can be made from {at}"), format!("下一次请求不早于{at}"));
            text.push_str(reader.pick(" ", ""));
            text.push_str(&reader.sentences([wait]));
        }
        text
    }
}

#[allow(clippy::too_many_lines, reason = "one text for each variant")]
fn why(reader: &Reader<'_>, error: &SyncError) -> String {
    let pick = |english: &str, chinese: &str| reader.pick(english, chinese).to_owned();
    let url = || pick("check the address of the endpoint", "请检查接口的地址");
    reader.sentences(match error {
        SyncError::Unreachable { why, .. } => return why.explain(reader.locale),
        SyncError::CredentialUnavailable { why } => return why.explain(reader.locale),
        SyncError::BadDocument { why, .. } => return why.explain(reader.locale),
        SyncError::Older { what, .. } => return what.explain(reader.locale),
        SyncError::NoEndpoint => [
            pick("no billing endpoint is configured", "没有设置权益接口"),
            pick("open the guard with its URL", "请在打开守护时传入其地址"),
        ],
        SyncError::NotYet { .. } => [
            pick("the billing endpoint must not be asked yet", "目前还不能请求权益接口"),
            pick("nothing was sent", "没有发出任何请求"),
        ],
        SyncError::Untrusted { .. } => [
            pick("there is no trusted connection to the billing endpoint", "无法与权益接口建立可信连接"),
            pick("check its certificate and the device's clock", "请检查其证书和设备的时钟"),
        ],
        SyncError::Busy { status, .. } => [
            reader.say(
                format!("the billing endpoint is overloaded or down (status {status})"),
                format!("权益接口过载或不可用（状态码 {status}）"),
            ),
            pick("try again later", "请稍后重试"),
        ],
        SyncError::CredentialRefused { status } => [
            match status {
                Some(status) => reader.say(
                    format!("the billing endpoint refused the credential (status {status})"),
                    format!("权益接口拒绝了凭证（状态码 {status}）"),
                ),
                None => pick("the billing endpoint refused this credential before", "权益接口此前已拒绝该凭证"),
            },
            pick(
                "provide another one; the same one is not sent again within an hour",
                "请提供其他凭证，相同的凭证在一小时内不会再次发送",
            ),
        ],
        SyncError::CredentialMissing { status } => [
            match status {
                Some(status) => reader.say(
                    format!("the billing endpoint asks for a credential, and none is configured (status {status})"),
                    format!("权益接口要求凭证，但没有设置（状态码 {status}）"),
                ),
                None => pick(
                    "the billing endpoint asks for a credential, and none is configured",
                    "权益接口要求凭证，但没有设置",
                ),
            },
            pick("open the guard with the endpoint's credential", "请在打开守护时传入该接口的凭证"),
        ],
        SyncError::Denied { status, .. } => [
            reader.say(
                format!("something on the way to the billing endpoint refused the request (status {status})"),
                format!("通往权益接口的途中有设备拒绝了请求（状态码 {status}）"),
            ),
            pick(
                "sign in to the network; where it persists, check the credential",
                "请登录所用的网络，若问题持续请检查凭证",
            ),
        ],
        SyncError::UnknownApp { .. } => [
            pick("the billing endpoint does not know this app", "权益接口不认识此应用"),
            pick("check the SDKAppID and the address of the endpoint", "请检查 SDKAppID 和接口的地址"),
        ],
        SyncError::NoEndpointThere { .. } => [
            pick(
                "the server at this address does not look like a billing endpoint (status 404)",
                "该地址上的服务器不像是权益接口（状态码 404）",
            ),
            url(),
        ],
        SyncError::NoReceipt { status, .. } => [
            reader.say(
                format!(
                    "the answer to the usage events is not the billing endpoint's receipt (status {status}); the \
                     events are kept"
                ),
                format!("对用量事件的响应不是权益接口的回执（状态码 {status}），事件已保留"),
            ),
            url(),
        ],
        SyncError::TooLarge { limit, .. } => {
            let limit = number(*limit as u64);
            [
                reader.say(
                    format!("the billing endpoint's answer is larger than {limit} bytes"),
                    format!("权益接口的响应超过{limit}字节"),
                ),
                url(),
            ]
        }
        SyncError::Redirected { to, .. } => [
            reader.say(
                format!("the billing endpoint redirects to {to}, which is not followed"),
                format!("权益接口重定向到 {to}，未跟随"),
            ),
            pick("configure that address if it is right", "若该地址正确，请设置为接口地址"),
        ],
        SyncError::UnexpectedStatus { status, .. } => [
            reader.say(
                format!("the billing endpoint answered with status {status}, which its contract does not have"),
                format!("权益接口返回了约定之外的状态码 {status}"),
            ),
            url(),
        ],
        SyncError::BadRequest { .. } => [
            pick("the request to the billing endpoint cannot be made", "无法构造对权益接口的请求"),
            pick("check the address and the credential", "请检查接口的地址和凭证"),
        ],
        SyncError::StoreFailed { .. } => [
            pick("the store failed, and nothing can be delivered without it", "存储发生故障，无法上报"),
            pick("try again", "请重试"),
        ],
    })
}

impl Older {
    /// What of the document is older and what to do, in sentences for a screen. Dates are in UTC.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(match self {
            Self::Revision { held, found } => [
                reader.say(
                    format!("the entitlements received are of revision {found}, and revision {held} is held"),
                    format!("收到的权益文档为第{found}版，低于已有的第{held}版"),
                ),
                reader.say("have the endpoint raise its revision", "请让接口提高版本号"),
            ],
            Self::IssuedAt { held, found } => {
                let (held, found) = (reader.moment(*held), reader.moment(*found));
                [
                    reader.say(
                        format!("the entitlements received were made at {found}, and those held at {held}"),
                        format!("收到的权益文档生成于{found}，早于已有文档的{held}"),
                    ),
                    reader.say(
                        "have the endpoint send the time at which it made the document",
                        "请让接口给出生成文档的时间",
                    ),
                ]
            }
        })
    }
}
