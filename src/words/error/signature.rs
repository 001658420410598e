//! Signed documents that are not believed.

use super::{or_none, words};
use crate::model::Locale;
use crate::net::SignatureError;
use crate::words::format::{Reader, number};

words! {
    SignatureError {
        NotCompact => "not_compact",
        TooLarge => "too_large",
        Malformed => "malformed",
        Algorithm => "algorithm",
        Extension => "extension",
        EmbeddedKey => "embedded_key",
        WrongType => "wrong_type",
        UnknownKey => "unknown_key",
        NotVerified => "not_verified",
        WrongAudience => "wrong_audience",
    }
}

impl SignatureError {
    /// Why the signed document is not believed and what to do, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let pick = |english: &str, chinese: &str| reader.pick(english, chinese).to_owned();
        let leave_out = || pick("have the endpoint leave it out", "请让接口去掉该项");
        reader.sentences(match self {
            Self::NotCompact => [
                pick(
                    "the signed document does not have the three parts of a JWS in compact form",
                    "已签名的文档不是由三部分组成的紧凑格式 JWS",
                ),
                pick("correct the endpoint", "请更正接口"),
            ],
            Self::TooLarge { limit, .. } => {
                let limit = number(*limit as u64);
                [
                    reader.say(
                        format!("a part of the signed document has more than {limit} bytes"),
                        format!("已签名文档的某一部分超过{limit}字节"),
                    ),
                    pick("have the endpoint send a smaller one", "请让接口缩小其大小"),
                ]
            }
            Self::Malformed { .. } => [
                pick("a part of the signed document cannot be read", "已签名文档的某一部分无法读取"),
                pick("have the endpoint make it with a JOSE library", "请让接口使用 JOSE 库生成"),
            ],
            Self::Algorithm { found } => [
                reader.say(
                    format!("the document is signed with “{found}”, and only EdDSA is accepted"),
                    format!("文档的签名算法为“{}”，仅接受 EdDSA", or_none(found)),
                ),
                pick("have the endpoint sign with its Ed25519 key", "请让接口使用 Ed25519 密钥签名"),
            ],
            Self::Extension { field } => [
                reader.say(
                    format!("the header of the signature has “{field}”, which is not accepted"),
                    format!("签名的头部含有不被接受的“{field}”"),
                ),
                leave_out(),
            ],
            Self::EmbeddedKey { field } => [
                reader.say(
                    format!("the header of the signature brings a key in “{field}”, which is not accepted"),
                    format!("签名的头部在“{field}”中带有密钥，不被接受"),
                ),
                leave_out(),
            ],
            Self::WrongType { field, found, wanted } => [
                reader.say(
                    format!("the header of the signature has “{found}” in “{field}”, not {wanted}"),
                    format!("签名头部中“{field}”的值为“{found}”，而不是 {wanted}"),
                ),
                pick("correct the endpoint", "请更正接口"),
            ],
            Self::UnknownKey { kid, known } => [
                reader.say(
                    format!("the document is signed with the key “{kid}”, and trusted are {known}"),
                    format!("文档由密钥“{kid}”签名，而受信任的密钥为 {known}"),
                ),
                pick(
                    "update the app, or have the endpoint sign with a trusted key",
                    "请更新应用，或让接口使用受信任的密钥签名",
                ),
            ],
            Self::NotVerified => [
                pick(
                    "the signature is not that of a trusted key over this document",
                    "签名与受信任的密钥和此文档不符",
                ),
                pick("check the endpoint and its key", "请检查接口及其密钥"),
            ],
            Self::WrongAudience { found, wanted } => [
                reader.say(
                    format!("the document is for “{found}”, and the audience configured is “{wanted}”"),
                    format!("文档的受众为“{}”，而设置的受众为“{}”", or_none(found), or_none(wanted)),
                ),
                pick("correct the endpoint or the configuration", "请更正接口或设置"),
            ],
        })
    }
}
