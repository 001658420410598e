//! Price lists that cannot be read.

use super::words;
use crate::model::Locale;
use crate::model::catalog::CatalogError;
use crate::words::format::Reader;

words! {
    CatalogError {
        Syntax => "syntax",
        Unknown => "unknown",
        Duplicate => "duplicate",
        Missing => "missing",
        Contradiction => "contradiction",
        OutOfRange => "out_of_range",
        BadNumber => "bad_number",
        BadDate => "bad_date",
        BadTime => "bad_time",
        BuiltIn => "built_in",
        Name => "name",
        UnknownEdition => "unknown_edition",
        UnknownSource => "unknown_source",
        UnknownTier => "unknown_tier",
        Subject => "subject",
    }
}

impl CatalogError {
    /// What is wrong with the price list, in sentences for a screen.
    pub fn explain(&self, locale: Locale) -> String {
        let reader = Reader::of(locale);
        let at = |field: &str, english: String, chinese: String| {
            reader.say(
                format!("the field {field} of the price list: {english}"),
                format!("价目表的字段 {field}：{chinese}"),
            )
        };
        reader.sentences([match self {
            Self::Syntax { .. } => reader.say(
                "the price list is not TOML of the expected shape; see the error's own text for the place",
                "价目表不是符合格式的 TOML，具体位置请见错误本身的文本",
            ),
            Self::Unknown { field, cause } => {
                let (value, known) = (&cause.value, cause.known.join(", "));
                at(
                    field,
                    format!("“{value}” is not known; known are: {known}"),
                    format!("不认识“{value}”，可用的值：{known}"),
                )
            }
            Self::Duplicate { field, value } => at(
                field,
                format!("“{value}” is given twice; keep one"),
                format!("“{value}”出现了两次，请保留一个"),
            ),
            Self::Missing { field } => at(
                field,
                "it is missing; give the figure, or list it as not stated".to_owned(),
                "缺少此项，请给出数值，或列为未说明".to_owned(),
            ),
            Self::Contradiction { field } => at(
                field,
                "it is both given and listed as not stated; remove one".to_owned(),
                "既给出了数值又列为未说明，请去掉其一".to_owned(),
            ),
            // What it must be is said in English alone; the number and the field say which one it is.
            Self::OutOfRange { field, value, must_be } => at(
                field,
                format!("{value} is out of range; it must be {must_be}"),
                format!("{value}超出允许的范围，请更正"),
            ),
            Self::BadNumber { field, value } => at(
                field,
                format!("“{value}” is not a decimal number such as 449.99"),
                format!("“{value}”不是十进制数，例如 449.99"),
            ),
            Self::BadDate { field, value } => at(
                field,
                format!("“{value}” is not a date such as 2024-08-01"),
                format!("“{value}”不是日期，例如 2024-08-01"),
            ),
            Self::BadTime { field, value } => at(
                field,
                format!("“{value}” is not a time of day such as 16:29:24"),
                format!("“{value}”不是时刻，例如 16:29:24"),
            ),
            Self::BuiltIn { id } => at(
                "id",
                format!("“{id}” is the id of a built-in price list; give your own another one"),
                format!("“{id}”是内置价目表的 ID，请为自己的价目表另取一个"),
            ),
            Self::Name { field, cause } => {
                let why = cause.explain(locale);
                let why = why.trim_end_matches(['.', '。']);
                at(field, why.to_owned(), why.to_owned())
            }
            Self::UnknownEdition { field, edition, known } => {
                let known: Vec<String> = known.iter().map(|edition| edition.name(locale)).collect();
                let (edition, known) = (edition.name(locale), reader.list(&known));
                at(
                    field,
                    format!("the price list declares no edition {edition}; it has {known}"),
                    format!("价目表未声明{edition}，已有的版本：{known}"),
                )
            }
            Self::UnknownSource { field, value } => at(
                field,
                format!("there is no source “{value}”; declare it among the sources"),
                format!("没有来源“{value}”，请在来源中声明"),
            ),
            Self::UnknownTier { field, value, known } => {
                let known = reader.list(known);
                at(
                    field,
                    format!("the service has no tier “{value}”; it has {known}"),
                    format!("该服务没有档位“{value}”，可用的档位：{known}"),
                )
            }
            Self::Subject { field, cause } => {
                let value = &cause.0;
                at(field, format!("“{value}” is no subject"), format!("“{value}”不是有效的主题"))
            }
        }])
    }
}
