//! Spaces in Chinese texts.

/// With a space between ideographs and the letters and digits beside them, as Chinese is set.
pub(super) fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut last: Option<char> = None;
    for next in text.chars() {
        if last.is_some_and(|last| {
            (is_ideograph(last) && next.is_ascii_alphanumeric())
                || ((last.is_ascii_alphanumeric() || last == '%')
                    && is_ideograph(next)
                    && !is_date_unit(next))
        }) && !(last.is_some_and(is_date_unit) && next.is_ascii_digit())
        {
            out.push(' ');
        }
        out.push(next);
        last = Some(next);
    }
    out
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// `2024年8月1日` is written without spaces.
const fn is_date_unit(c: char) -> bool {
    matches!(c, '年' | '月' | '日')
}
