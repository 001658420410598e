//! How names are spelled in TypeScript: the core's words for variants, camel case for fields and methods.

/// The words that are not their variant in snake case.
const OTHERS: [(&str, &str); 4] =
    [("Usd", "USD"), ("WaitUntil", "wait"), ("WaitingUntil", "waiting"), ("ZhHans", "zh-Hans")];

/// The word for a variant.
pub(super) fn word(variant: &str) -> String {
    let other = OTHERS.iter().find(|(name, _)| *name == variant);
    other.map_or_else(|| snake(variant), |(_, word)| (*word).to_owned())
}

fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let starts = letter.is_uppercase()
            && before.is_some_and(|c| !c.is_uppercase() || after.is_some_and(|c| c.is_lowercase()));
        if starts {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

/// The name of a field; one of a tuple has none.
pub(super) fn field(name: &str) -> String {
    if name.is_empty() { "value".to_owned() } else { camel(name) }
}

/// `snake_case` as `camelCase`.
pub(super) fn camel(name: &str) -> String {
    let mut out = String::new();
    let mut upper = false;
    for letter in name.chars() {
        if letter == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            out.extend(letter.to_uppercase());
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_spelled_as_the_core_does() {
        let all = ["OpenChat", "AvChatRoom", "NotAPlanProblem", "Usd", "WaitUntil"].map(word);
        assert_eq!(all, ["open_chat", "av_chat_room", "not_a_plan_problem", "USD", "wait"]);
    }

    #[test]
    fn fields_are_spelled_as_in_javascript() {
        assert_eq!(["sdk_app_id", "zh_hans", "user"].map(camel), ["sdkAppId", "zhHans", "user"]);
    }
}
