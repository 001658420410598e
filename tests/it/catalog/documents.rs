//! The comparison tables of the documents themselves, read by machine and compared with the catalogs.
//!
//! They lie beside the repository (`../shared/seeds`) and are not part of it; without them these tests have
//! nothing to compare: they say so, which the summary of `cargo xtask test` repeats, and pass; except where `CI=true`, where
//! a comparison that did not take place is a failure. The hand-written tables of the other modules hold everywhere.

use std::collections::BTreeSet;
use std::io::Write;

use planguard::{Catalog, CatalogId, EditionId, Feature, LimitId, Max, Support};

use super::builtin;

/// A document by the number its name begins with; `None` where the documents are not at hand and need not be.
pub(crate) fn document(number: &str) -> Option<String> {
    let folder = support::root().join("../shared/seeds");
    let found = std::fs::read_dir(&folder).ok().and_then(|entries| {
        entries.filter_map(Result::ok).find(|entry| entry.file_name().to_string_lossy().starts_with(number))
    });
    if let Some(entry) = found {
        return Some(std::fs::read_to_string(entry.path()).unwrap());
    }
    let absent =
        format!("not compared: the catalogs with document {number}, which is not in {}", folder.display());
    assert!(!std::env::var("CI").is_ok_and(|ci| !["", "0", "false"].contains(&ci.as_str())), "{absent}");
    #[expect(clippy::explicit_write, reason = "what the print macros print, a passing test swallows")]
    writeln!(std::io::stderr(), "{absent}").unwrap();
    None
}

/// Radicals that the Chinese PDF has in place of the characters, and full-width brackets.
const FOLDED: [(char, char); 12] = [
    ('⽉', '月'),
    ('⽤', '用'),
    ('⽆', '无'),
    ('⽇', '日'),
    ('⾮', '非'),
    ('⼴', '广'),
    ('⼊', '入'),
    ('⼈', '人'),
    ('⽀', '支'),
    ('⻓', '长'),
    ('（', '('),
    ('）', ')'),
];

/// A label or cell without blanks, links, thousands separators and typographic variants.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut in_link = false;
    for c in text.chars() {
        let c = FOLDED.iter().find(|(from, _)| *from == c).map_or(c, |(_, to)| *to);
        match c {
            '(' if out.ends_with(']') => in_link = true,
            ')' if in_link => in_link = false,
            _ if in_link || c.is_whitespace() || c == ',' => {}
            _ => out.push(c),
        }
    }
    out.replace(['[', ']'], "").to_lowercase()
}

/// Row labels of all four tables, as [`plain`] leaves them.
const LABELS: [(&str, &str); 51] = [
    ("globalcoverage", "global_coverage"),
    ("maximumusers", "max_users"),
    ("maximumfriendsforasingleuser", "friends_per_user"),
    ("maximumgroupsasingleusercanjoin", "groups_per_user"),
    ("maximummemberspergroup(non-audio-videogroup)", "members_per_group"),
    ("maximumnon-audio-videogroups(excludingdisbandedones)", "non_av_groups"),
    ("maximumaudio-videogroupsthatcanbecreated", "av_groups"),
    ("maximumnetincreaseingroupquantityperday", "net_new_groups_per_day"),
    ("freeretentionperiodofhistoricalmessages", "history_retention_days"),
    ("quotaoffreedailyactiveusers(dau)", "free_dau"),
    ("quotaoffreemonthlyactiveusers(mau)", "free_mau"),
    ("freepeakgroupcount", "free_peak_groups"),
    ("pushingtoallusers", "push_to_all_users"),
    ("concurrentloginsonmultipledevicesonthesameplatform", "multi_device_same_platform"),
    ("localmessagesearch(androidandios)", "local_message_search"),
    ("messagehistoryfornewmembersinaudio-videogroups", "av_group_history_for_new_members"),
    ("community", "community"),
    ("creatingacommunitygroup", "community"),
    ("readreceiptsforgroupmessages", "group_read_receipts"),
    ("targetedgroupmessages", "targeted_group_messages"),
    ("listofonlineaudio-videogroupmembers", "av_group_online_member_list"),
    ("broadcastmessagingofaudio-videogroup", "av_group_broadcast"),
    ("userstatus", "user_status"),
    ("conversationmark", "conversation_mark"),
    ("conversationgroup", "conversation_group"),
    ("audio-videogroupmemberbanning", "av_group_member_ban"),
    ("全球多点覆盖", "global_coverage"),
    ("用户数上限", "max_users"),
    ("单个用户好友人数上限", "friends_per_user"),
    ("单个用户可加入群组数", "groups_per_user"),
    ("单个群成员数上限(非直播群)", "members_per_group"),
    ("群组数上限(解散后不计数)", "non_av_groups"),
    ("非直播群群组数上限(解散后不计数)", "non_av_groups"),
    ("可创建直播群(avchatroom)个数", "av_groups"),
    ("可创建直播群个数", "av_groups"),
    ("日净增群组数", "net_new_groups_per_day"),
    ("免费历史消息存储时长", "history_retention_days"),
    ("免费日活跃用户数(dau)额度", "free_dau"),
    ("免费月活跃用户数(mau)额度", "free_mau"),
    ("免费峰值群组数", "free_peak_groups"),
    ("最近联系人云端拉取个数上限", "recent_contacts_pull"),
    ("全员推送", "push_to_all_users"),
    ("同平台多设备在线", "multi_device_same_platform"),
    ("直播群新成员查看入群前消息", "av_group_history_for_new_members"),
    ("创建社群(community)", "community"),
    ("群消息已读回执", "group_read_receipts"),
    ("群定向消息", "targeted_group_messages"),
    ("直播群在线成员列表", "av_group_online_member_list"),
    ("直播群广播消息", "av_group_broadcast"),
    ("用户状态", "user_status"),
    ("直播群封禁成员", "av_group_member_ban"),
];

fn key(label: &str) -> Option<&'static str> {
    match plain(label).as_str() {
        "会话标记" => Some("conversation_mark"),
        "会话分组" => Some("conversation_group"),
        search if search.starts_with("本地消息搜索(android、ios") => Some("local_message_search"),
        label => LABELS.iter().find(|(text, _)| *text == label).map(|(_, key)| *key),
    }
}

/// A leading number, with 万 as ten thousand.
pub(crate) fn number(cell: &str) -> Option<u64> {
    let digits: String = cell.chars().take_while(char::is_ascii_digit).collect();
    let number: u64 = digits.parse().ok()?;
    Some(if cell[digits.len()..].starts_with('万') { number * 10_000 } else { number })
}

fn compare(catalog: &Catalog, edition: EditionId, key: &str, cell: &str) {
    let edition = catalog.edition(edition).unwrap();
    let cell = plain(cell);
    let context = format!("{key} of {}: `{cell}`", edition.id);
    if let Ok(limit) = key.parse::<LimitId>() {
        let expected = match cell.as_str() {
            "unlimited" | "无限制" => Max::Unlimited,
            cell => Max::Of(number(cell).expect("a number")),
        };
        assert_eq!(edition.limit(limit).unwrap().max, expected, "{context}");
        return;
    }
    let feature: Feature = key.parse().unwrap();
    let found = edition.feature(feature).support;
    if let Some(cap) = number(&cell) {
        assert_eq!(edition.limit(LimitId::Communities).unwrap().max, Max::Of(cap), "{context}");
        assert_ne!(found, Support::Unsupported, "{context}");
    } else {
        let expected = match cell.as_str() {
            "notsupported" | "不支持" => Support::Unsupported,
            "supported" | "支持" => Support::Supported,
            applied if applied.contains("apply") || applied.contains("申请") => Support::OnApplication,
            other => panic!("cell not understood: {other}"),
        };
        assert_eq!(found, expected, "{context}");
    }
}

fn compare_rows<'a>(id: CatalogId, rows: impl Iterator<Item = Vec<&'a str>>, expected_rows: usize) {
    let catalog = builtin(id);
    let mut seen = BTreeSet::new();
    for row in rows {
        let [label, cells @ ..] = row.as_slice() else { continue };
        let (Some(key), 3) = (key(label), cells.len()) else { continue };
        assert!(seen.insert(key), "{key} twice");
        for (edition, cell) in catalog.editions.iter().zip(cells) {
            compare(catalog, edition.id, key, cell);
        }
    }
    assert_eq!(seen.len(), expected_rows, "rows found: {seen:?}");
}

fn tabbed(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().map(|line| line.split('\t').collect())
}

#[test]
fn the_english_table_of_2022() {
    let Some(text) = document("000") else { return };
    compare_rows(CatalogId::INTL_2022, tabbed(&text), 24);
}

#[test]
fn the_english_table_of_2024() {
    let Some(text) = document("001") else { return };
    compare_rows(CatalogId::INTL_2024, tabbed(&text), 23);
}

#[test]
fn the_chinese_table_of_2024() {
    let Some(text) = document("002") else { return };
    let table = &text[text.find("功能点 体验版").unwrap()..text.find("可创建直播群个数：").unwrap()];
    // The PDF breaks rows over lines, so a row is: words of a label, then three cells.
    let is_cell = |word: &str| {
        let word = plain(word);
        number(&word).is_some() || ["支持", "不支持", "无限制"].contains(&word.as_str())
    };
    let words: Vec<&str> = table.split_whitespace().filter(|word| !word.starts_with("http")).collect();
    let mut rows = Vec::new();
    let mut label = String::new();
    for word in words.into_iter().skip(4) {
        if is_cell(word) {
            rows.push((std::mem::take(&mut label), word));
        } else {
            label.push_str(word);
        }
    }
    let rows = rows.chunks(3).map(|cells| {
        assert!(cells[1].0.is_empty() && cells[2].0.is_empty(), "not three cells after {}", cells[0].0);
        vec![cells[0].0.as_str(), cells[0].1, cells[1].1, cells[2].1]
    });
    compare_rows(CatalogId::INTL_2024, rows, 23);
}

#[test]
fn the_chinese_table_by_daily_active_users() {
    let Some(text) = document("003") else { return };
    let rows = text
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim().trim_matches('|').split('|').collect::<Vec<_>>());
    compare_rows(CatalogId::CN_DAU, rows, 25);
}
