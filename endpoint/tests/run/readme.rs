//! The README is true: its commands exist, its fields are those of the configuration, its defaults are the defaults.

use std::process::Command;

use planguard_endpoint::config::Config;

const README: &str = include_str!("../../README.md");
const TEMPLATE: &str = include_str!("../../src/cli/endpoint.toml");

#[test]
fn its_commands_are_commands() {
    let sh = README.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let lines: Vec<_> = sh.flat_map(str::lines).collect();
    let cargo = lines.iter().filter_map(|line| line.strip_prefix("cargo run -p planguard-endpoint -- "));
    let cargo: Vec<_> = cargo.collect();
    assert_eq!(cargo.len(), 2, "two commands from nothing");
    let own = lines.iter().filter_map(|line| line.strip_prefix("planguard-endpoint "));
    let own: Vec<_> = own.collect();
    assert!(own.len() > 10, "{own:?}");
    for line in cargo.into_iter().chain(own) {
        let line = line.split(" > ").next().unwrap();
        // Help is given where everything before it is understood.
        let mut command = Command::new(env!("CARGO_BIN_EXE_planguard-endpoint"));
        let said = command.args(line.split_whitespace()).arg("--help").output().unwrap();
        assert!(said.status.success(), "{line}: {}", String::from_utf8_lossy(&said.stderr));
    }
}

#[test]
fn its_lines_for_prometheus_are_what_the_endpoint_takes() {
    let yaml = README.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let read: serde_json::Value = serde_saphyr::from_str(yaml).unwrap();
    let job = &read["scrape_configs"][0];
    assert_eq!((&job["metrics_path"], &job["authorization"]["type"]), (&"/metrics".into(), &"Bearer".into()));
    assert!(job["static_configs"][0]["targets"][0].is_string());
}

/// The template with every line in force, but those of `audience` and `[tls]`, which have no default.
fn in_force() -> String {
    let mut lines = Vec::new();
    for line in TEMPLATE.lines() {
        let bare = line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line);
        let dropped = ["audience", "[tls]", "certificate", "key"];
        if !dropped.iter().any(|name| bare.starts_with(name)) {
            lines.push(bare);
        }
    }
    lines.join("\n")
}

#[test]
fn the_template_shows_the_defaults_and_the_readme_each_field() {
    let [shown, default] = [in_force(), TEMPLATE.to_owned()].map(|text| Config::parse(&text).unwrap());
    assert_eq!(format!("{shown:?}"), format!("{default:?}"));
    let mut section = String::new();
    let mut fields = 0;
    for line in TEMPLATE.lines().map(|line| line.trim_start_matches('#')) {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_matches(['[', ']']));
        } else if let Some((name, _)) = line.split_once(" = ").filter(|(name, _)| !name.contains(' ')) {
            assert!(README.contains(&format!("`{section}{name}`")), "{section}{name} is not in the README");
            fields += 1;
        }
    }
    assert!(fields > 15, "{fields}");
}
