//! The files of `deploy/` name what there is: paths, commands and their arguments, variables.
#![allow(clippy::unwrap_used, reason = "a failed test panics")]

mod common;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn deploy(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy").join(name)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn endpoint(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_planguard-endpoint"));
    command.args(args).env("PLANGUARD_ENDPOINT_DIR", dir).env_remove("PLANGUARD_ENDPOINT_DATABASE");
    command.output().unwrap()
}

/// The arguments that follow `planguard-endpoint init` (or a service `endpoint`) on a line of a text.
fn inits(text: &str) -> Vec<Vec<String>> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let of = |line: &str| {
        let line = words(line);
        let at = line.iter().position(|word| word == "init")?;
        line[at - 1].ends_with("endpoint").then(|| line[at..].to_vec())
    };
    text.lines().filter_map(of).collect()
}

#[test]
fn every_init_that_is_shown_makes_an_endpoint() {
    let shown = [deploy("README.md"), deploy("compose.yaml"), deploy("planguard-endpoint.service")];
    let shown: Vec<_> = shown.iter().flat_map(|text| inits(text)).collect();
    assert_eq!(shown.len(), 3, "{shown:?}");
    for args in shown {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("endpoint");
        // Where a line names the folder of the machine, this one stands in.
        let dir_text = dir.to_str().unwrap();
        let args: Vec<_> = args
            .iter()
            .map(|arg| if arg == "/var/lib/planguard" { dir_text } else { arg.as_str() })
            .collect();
        let said = endpoint(&args, &dir);
        assert!(said.status.success(), "{args:?}: {}", String::from_utf8_lossy(&said.stderr));
        let config = std::fs::read_to_string(dir.join("endpoint.toml")).unwrap();
        assert_eq!(args.contains(&"--behind-proxy"), config.contains("\nbehind_proxy = true"), "{args:?}");
        assert_eq!(args.contains(&"--listen"), config.contains("\nlisten = \"0.0.0.0:8787\""), "{args:?}");
    }
}

#[test]
fn the_compose_file_names_files_and_variables_that_there_are() {
    let compose: Value = serde_saphyr::from_str(&deploy("compose.yaml")).unwrap();
    let service = &compose["services"]["endpoint"];
    let context = root().join("endpoint/deploy").join(service["build"]["context"].as_str().unwrap());
    assert_eq!(context.canonicalize().unwrap(), root().canonicalize().unwrap());
    assert!(context.join(service["build"]["dockerfile"].as_str().unwrap()).is_file());
    let help = String::from_utf8(endpoint(&["--help"], Path::new("none")).stdout).unwrap();
    for name in service["environment"].as_object().unwrap().keys() {
        let known = name == planguard_endpoint::config::DATABASE_VARIABLE || help.contains(name.as_str());
        assert!(known, "{name}: the endpoint reads no such variable");
    }
    let volumes = compose["volumes"].as_object().unwrap();
    for service in compose["services"].as_object().unwrap().values() {
        for volume in service["volumes"].as_array().unwrap() {
            let (name, _) = volume.as_str().unwrap().split_once(':').unwrap();
            assert!(volumes.contains_key(name), "{name}: no volume");
        }
    }
}

#[test]
fn the_image_is_built_of_what_there_is_and_runs_commands_that_there_are() {
    let dockerfile = deploy("Dockerfile");
    let help = String::from_utf8(endpoint(&["--help"], Path::new("none")).stdout).unwrap();
    for command in ["health", "serve"] {
        assert!(dockerfile.contains(&format!("\"{command}\"]")), "{command}");
        assert!(help.contains(&format!("\n  {command}")), "{command}: no such command");
    }
    assert!(
        dockerfile.contains("PLANGUARD_ENDPOINT_DIR=/var/lib/planguard")
            && help.contains("PLANGUARD_ENDPOINT_DIR")
    );
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let package = dockerfile.split("--package ").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(lock.contains(&format!("name = \"{package}\"")), "{package}");
}

/// In a user namespace of its own a service may bind no port below 1024, whatever its capabilities.
#[test]
fn what_is_added_for_port_443_takes_back_what_the_unit_forbids() {
    let (unit, guide) = (deploy("planguard-endpoint.service"), deploy("README.md"));
    let shown = guide.split("```ini\n").nth(1).unwrap().split("```").next().unwrap();
    let has = |text: &str, line: &str| text.lines().any(|found| found == line);
    assert!(has(&unit, "PrivateUsers=true") && has(shown, "PrivateUsers=false"), "{shown}");
    assert!(has(&unit, "CapabilityBoundingSet="), "what is added to it is all of it");
    for set in ["AmbientCapabilities", "CapabilityBoundingSet"] {
        assert!(has(shown, &format!("{set}=CAP_NET_BIND_SERVICE")), "{shown}");
    }
}

#[test]
fn the_unit_is_installed_from_where_things_are() {
    let unit = deploy("planguard-endpoint.service");
    let installed: Vec<_> = unit.lines().filter_map(|line| line.strip_prefix("#   install -m ")).collect();
    assert_eq!(installed.len(), 2, "{installed:?}");
    for line in installed {
        let source = line.split_whitespace().nth(1).unwrap();
        // What cargo makes is not there yet.
        let made = source == format!("target/release/{}", env!("CARGO_PKG_NAME"));
        assert!(made || root().join(source).is_file(), "{source}");
    }
}

#[test]
fn an_endpoint_that_does_not_run_is_not_healthy() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("endpoint");
    // A port that nobody listens on: it was free a moment ago, and is not handed out again so soon.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(endpoint(&["init", "--app", "1400000001", "--listen", &port.to_string()], &dir).status.success());
    let said = endpoint(&["health"], &dir);
    assert!(!said.status.success());
    assert!(
        String::from_utf8_lossy(&said.stderr).contains(&format!("http://{port}")),
        "it says whom it asked"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_runs_is_healthy() {
    let world = common::World::on_sqlite("").await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_planguard-endpoint"));
    command.arg("health").env("PLANGUARD_ENDPOINT_URL", &world.url);
    let said = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(String::from_utf8_lossy(&said.stdout).contains("\"status\":\"ok\""), "{said:?}");
}

#[test]
fn the_unit_starts_what_there_is() {
    let unit = deploy("planguard-endpoint.service");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    assert_eq!(start, "/usr/local/bin/planguard-endpoint serve");
    // The same unit with a program that is there, for whoever has systemd.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("planguard-endpoint.service");
    let here = unit.replace("/usr/local/bin/planguard-endpoint", env!("CARGO_BIN_EXE_planguard-endpoint"));
    std::fs::write(&path, here).unwrap();
    let Ok(said) = Command::new("systemd-analyze").arg("verify").arg(&path).output() else {
        let absent = "not compared: the unit with systemd's reading of it, which is not installed";
        writeln!(std::io::stderr(), "{absent}").unwrap();
        return;
    };
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
}
