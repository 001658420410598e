//! The endpoint's address, the credential for it and the connection to it.

use super::words;
use crate::model::Locale;
use crate::net::{BadCredential, BadEndpointUrl, CredentialError, EncodingError, TransportError};
use crate::words::format::{Reader, number};

words! {
    BadEndpointUrl {
        Malformed => "malformed",
        Insecure => "insecure",
        UserInfo => "user_info",
        Query => "query",
    }
    BadCredential {
        Empty => "empty",
        Unprintable => "unprintable",
    }
    CredentialError {
        Unavailable => "unavailable",
        Bad => "bad",
    }
    TransportError {
        Unreachable => "unreachable",
        TimedOut => "timed_out",
        CutOff => "cut_off",
        TooLarge => "too_large",
        Tls => "tls",
        BadRequest => "bad_request",
    }
    EncodingError {
        Unknown => "unknown",
        Broken => "broken",
        TooLarge => "too_large",
    }
}

impl BadEndpointUrl {
    /// What is wrong with the address and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let [why, remedy] = match self {
            Self::Malformed { .. } => [
                ("the address of the billing endpoint is not a complete URL", "权益接口的地址不是完整的 URL"),
                (
                    "pass one such as https://billing.example.com",
                    "请传入例如 https://billing.example.com 的地址",
                ),
            ],
            Self::Insecure { scheme } => {
                let why = reader.say(
                    format!(
                        "the address of the billing endpoint begins with “{scheme}”, which is not accepted"
                    ),
                    format!("权益接口的地址以“{scheme}”开头，不被接受"),
                );
                let remedy = reader.pick(
                    "use https; http is accepted for this machine only",
                    "请使用 https，只有本机地址可以使用 http",
                );
                return reader.sentences([why, remedy.to_owned()]);
            }
            Self::UserInfo => [
                (
                    "the address of the billing endpoint holds a user name or password",
                    "权益接口的地址中含有用户名或密码",
                ),
                ("pass the credential separately", "请单独传入凭证"),
            ],
            Self::Query => [
                (
                    "the address of the billing endpoint has a query or fragment",
                    "权益接口的地址中含有查询参数或片段",
                ),
                ("pass the base URL only", "请只传入基础地址"),
            ],
        };
        reader.sentences([why, remedy].map(|(english, chinese)| reader.pick(english, chinese).to_owned()))
    }
}

impl BadCredential {
    /// What is wrong with the credential and what to do, in sentences for a screen. It does not show the credential.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(match self {
            Self::Empty => [
                reader.say("the credential for the billing endpoint is empty", "权益接口的凭证为空"),
                reader.say("pass the token, or none at all", "请传入令牌，或不传凭证"),
            ],
            Self::Unprintable { at } => {
                let at = number(*at as u64);
                [
                    reader.say(
                        format!(
                            "byte {at} of the credential for the billing endpoint is not printable ASCII"
                        ),
                        format!("权益接口凭证的第{at}字节不是可打印的 ASCII 字符"),
                    ),
                    reader.say("pass the token itself, without line breaks", "请只传入令牌本身，不含换行"),
                ]
            }
        })
    }
}

impl CredentialError {
    /// Why there is no credential and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        match self {
            Self::Unavailable(_) => reader.sentences([
                reader.say(
                    "the app has no credential for the billing endpoint now",
                    "应用目前没有权益接口的凭证",
                ),
                reader.say("sign in and try again", "请登录应用后重试"),
            ]),
            Self::Bad(error) => error.explain(locale),
        }
    }
}

impl TransportError {
    /// Why no answer came and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let again = || reader.say("try again when the network is back", "请在网络恢复后重试");
        let url = || reader.say("check the address of the endpoint", "请检查接口的地址");
        reader.sentences(match self {
            Self::Unreachable(_) => {
                [reader.say("the billing endpoint cannot be reached", "无法连接权益接口"), again()]
            }
            Self::TimedOut => {
                [reader.say("the billing endpoint did not answer in time", "权益接口未及时响应"), again()]
            }
            Self::CutOff(_) => {
                [reader.say("the billing endpoint's answer broke off", "权益接口的响应中断"), again()]
            }
            Self::TooLarge { limit } => {
                let limit = number(*limit as u64);
                [
                    reader.say(
                        format!("the billing endpoint's answer is larger than {limit} bytes"),
                        format!("权益接口的响应超过{limit}字节"),
                    ),
                    url(),
                ]
            }
            Self::Tls(_) => [
                reader.say(
                    "there is no trusted connection to the billing endpoint",
                    "无法与权益接口建立可信连接",
                ),
                reader.say("check its certificate and the device's clock", "请检查其证书和设备的时钟"),
            ],
            Self::BadRequest(_) => [
                reader.say("the request to the billing endpoint cannot be made", "无法构造对权益接口的请求"),
                reader.say("check the address and the credential", "请检查接口的地址和凭证"),
            ],
        })
    }
}

impl EncodingError {
    /// Why the answer cannot be read and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        reader.sentences(match self {
            Self::Unknown { found } => [
                reader.say(
                    format!("the answer is compressed in a way that cannot be read here: “{found}”"),
                    format!("响应的压缩方式“{found}”无法读取"),
                ),
                reader.say("have the endpoint send gzip or no compression", "请让接口使用 gzip 或不压缩"),
            ],
            Self::Broken { .. } => [
                reader.say("the compressed answer is damaged or breaks off", "压缩的响应已损坏或不完整"),
                reader.say("check the endpoint and any proxy before it", "请检查接口及其前面的代理"),
            ],
            Self::TooLarge { limit } => {
                let limit = number(*limit as u64);
                [
                    reader.say(
                        format!("the answer has more than {limit} bytes once it is decompressed"),
                        format!("响应解压后超过{limit}字节"),
                    ),
                    reader.say("check the address of the endpoint", "请检查接口的地址"),
                ]
            }
        })
    }
}
