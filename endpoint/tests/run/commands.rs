//! The commands, as a person types them.

use serde_json::Value;

use crate::common::provider::{TOKEN, login, signature};
use crate::program::{Made, command, http, text};

#[tokio::test(flavor = "multi_thread")]
async fn two_commands_lead_from_nothing_to_a_document() {
    let made = Made::new();
    let running = made.serve();
    let device = made.shown("PLANGUARD_DEVICE_CREDENTIAL=");
    let http = http();
    let call = http.get(format!("{}/v1/apps/1400000007/entitlements", running.url)).bearer_auth(device);
    let answer = call.header("accept", "application/json").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap()["edition"], "standard");
    let keys = http.get(format!("{}/.well-known/jwks.json", running.url)).send().await.unwrap();
    let keys: Value = keys.json().await.unwrap();
    assert_eq!(keys["keys"][0]["x"], made.shown("trusted_key(\"k1\", \""), "the key that `init` printed");
    assert!(running.stop());

    let log = std::fs::read_to_string(made.folder.path().join("log")).unwrap();
    assert!(log.contains("/v1/apps/{sdk_app_id}/entitlements") && log.contains("stopped"), "{log}");
    for secret in [device, made.shown("PLANGUARD_ADMIN_CREDENTIAL="), "1400000007"] {
        assert!(!log.contains(secret), "{log}");
    }
}

#[test]
fn init_leaves_what_is_there_alone() {
    let made = Made::new();
    let before = std::fs::read(made.dir().join("secret")).unwrap();
    let again = made.run(&["init", "--app", "1400000007"]);
    assert!(!again.status.success() && text(&again.stderr).contains("--dir"), "{again:?}");
    assert_eq!(std::fs::read(made.dir().join("secret")).unwrap(), before);
    let folder = tempfile::tempdir().unwrap();
    let wrong = command(&folder.path().join("a"), &["init", "--app", "1400000007", "--edition", "gold"])
        .output()
        .unwrap();
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("edition"), "{wrong:?}");
    assert!(!folder.path().join("a").exists());
    let no_app = command(&folder.path().join("a"), &["init"]).output().unwrap();
    assert!(!no_app.status.success() && text(&no_app.stderr).contains("--app"), "{no_app:?}");
    assert!(!folder.path().join("a").exists(), "no number of an app is made up");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let rights =
            |name: &str| std::fs::metadata(made.dir().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((rights("secret"), rights(".")), (0o600, 0o700));
    }
}

#[test]
fn init_leaves_a_database_alone_that_holds_an_endpoint() {
    let made = Made::new();
    let keys = text(&made.run(&["keys", "list"]).stdout);
    let credentials = text(&made.run(&["credentials", "list"]).stdout);
    let second = made.folder.path().join("second");
    let mut init = command(&second, &["init", "--app", "1400000007", "--edition", "premium"]);
    let again = init.env("PLANGUARD_ENDPOINT_DATABASE", made.dir().join("endpoint.db")).output().unwrap();
    assert!(
        !again.status.success() && text(&again.stderr).contains("holds an endpoint already"),
        "{again:?}"
    );
    assert!(!second.exists(), "a folder with a secret that opens nothing");
    assert_eq!(text(&made.run(&["keys", "list"]).stdout), keys);
    assert_eq!(text(&made.run(&["credentials", "list"]).stdout), credentials);
    let empty = command(&second, &["init", "--app", "1400000007"])
        .env("PLANGUARD_ENDPOINT_DATABASE", "")
        .output()
        .unwrap();
    assert!(empty.status.success() && second.join("endpoint.db").exists(), "{empty:?}");
}

#[test]
fn a_database_that_is_not_there_is_told_and_not_made() {
    let made = Made::new();
    let database = made.dir().join("endpoint.db");
    std::fs::remove_file(&database).unwrap();
    let copy = made.folder.path().join("copy");
    for args in [&["serve"][..], &["keys", "list"], &["backup", copy.to_str().unwrap()]] {
        let said = made.run(args);
        assert!(!said.status.success() && text(&said.stderr).contains("is not there"), "{args:?}: {said:?}");
        assert!(!database.exists() && !copy.exists(), "{args:?}");
    }
}

#[test]
fn a_command_asks_for_the_name_that_a_certificate_is_for() {
    let made = Made::new();
    let config = made.dir().join("endpoint.toml");
    let text_before = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text_before}\n[tls]\ncertificate = \"a.pem\"\nkey = \"b.pem\"\n"))
        .unwrap();
    let health = made.run(&["health"]);
    assert!(!health.status.success() && text(&health.stderr).contains("--url"), "{health:?}");
    let mut pull = command(&made.dir(), &["pull"]);
    let pull = pull.env("PLANGUARD_ADMIN_CREDENTIAL", "any").output().unwrap();
    assert!(!pull.status.success() && text(&pull.stderr).contains("--url"), "{pull:?}");
}

#[test]
fn a_secret_of_another_database_serves_nothing() {
    let [made, other] = [Made::new(), Made::new()];
    std::fs::copy(other.dir().join("secret"), made.dir().join("secret")).unwrap();
    let said = made.run(&["serve"]);
    assert!(!said.status.success() && text(&said.stderr).contains("not the one that sealed"), "{said:?}");
}

#[test]
fn a_document_is_pulled_compared_checked_and_pushed() {
    let made = Made::new();
    let running = made.serve();
    let file = made.folder.path().join("plan.json");
    let file = file.to_str().unwrap();
    let (pulled, document) = made.at(&running, &["pull"]);
    assert!(pulled, "{document}");
    std::fs::write(file, &document).unwrap();
    assert_eq!(made.at(&running, &["diff", file]), (true, String::new()));

    std::fs::write(file, document.replace("\"standard\"", "\"premium\"")).unwrap();
    let (same, diff) = made.at(&running, &["diff", file]);
    assert!(
        !same
            && diff.contains("-  \"edition\": \"standard\"")
            && diff.contains("+  \"edition\": \"premium\""),
        "{diff}"
    );
    let (good, said) = made.at(&running, &["check", file]);
    assert!(good && said.starts_with("Nothing is wrong"), "{said}");
    let (pushed, said) = made.at(&running, &["push", file]);
    assert!(pushed && said.starts_with("Revision 2 is served"), "{said}");

    std::fs::write(
        file,
        document.replace("\"standard\"", "\"gold\"").replace("\"revision\": 1", "\"revision\": 2"),
    )
    .unwrap();
    let (good, said) = made.at(&running, &["check", file]);
    assert!(!good && said.contains("/edition"), "{said}");
    let (pushed, said) = made.at(&running, &["push", file]);
    assert!(!pushed && said.contains("/edition"), "{said}");
    let wrong = made.run(&["pull"]);
    assert!(
        !wrong.status.success() && text(&wrong.stderr).contains("PLANGUARD_ADMIN_CREDENTIAL"),
        "{wrong:?}"
    );
}

#[test]
fn credentials_and_keys_are_rotated_without_an_interruption() {
    let made = Made::new();
    let listed = |what: &str| text(&made.run(&[what, "list"]).stdout);
    let devices = listed("credentials");
    let id = devices.lines().find(|line| line.contains("devices of")).unwrap().split("  ").next().unwrap();
    let rotated = made.run(&["credentials", "rotate", id]);
    assert!(rotated.status.success() && text(&rotated.stdout).starts_with("pge_"), "{rotated:?}");
    let after = listed("credentials");
    assert_eq!(after.matches("devices of").count(), 2, "{after}");
    assert_eq!(after.matches("holds until").count(), 1, "{after}");
    assert!(made.run(&["credentials", "revoke", id]).status.success());
    assert!(!made.run(&["credentials", "revoke", id]).status.success(), "once");
    assert!(listed("credentials").contains("revoked"));
    assert!(!listed("credentials").contains("pge_"));

    assert!(made.run(&["credentials", "add", "short", "--days", "30"]).status.success());
    let short = listed("credentials");
    let id = short.lines().find(|line| line.contains("  short  ")).unwrap().split("  ").next().unwrap();
    let rotated = made.run(&["credentials", "rotate", id, "--days", "1"]);
    assert!(rotated.status.success() && text(&rotated.stdout).contains("It holds until"), "{rotated:?}");
    let both = listed("credentials");
    let both = both.lines().filter(|line| line.contains("  short  "));
    assert!(
        both.clone().count() == 2 && both.clone().all(|line| line.contains("holds until")),
        "neither is for ever"
    );

    assert!(made.run(&["credentials", "add", "prometheus", "--metrics", "--days", "30"]).status.success());
    assert!(listed("credentials").lines().any(|line| line.contains("  metrics  prometheus  ")));
    let both = made.run(&["credentials", "add", "x", "--metrics", "--admin"]);
    assert!(!both.status.success() && text(&both.stderr).contains("--admin"), "{both:?}");

    let rotated = made.run(&["keys", "rotate"]);
    assert!(rotated.status.success() && text(&rotated.stdout).contains("trusted_key(\"k2\""), "{rotated:?}");
    let keys = listed("keys");
    assert!(keys.starts_with("k1  signs now") && keys.contains("k2  published"), "{keys}");
    let early = made.run(&["keys", "rotate", "--days", "6"]);
    assert!(!early.status.success() && text(&early.stderr).contains("anyway"), "{early:?}");
    assert_eq!(listed("keys"), keys);
    let meant = made.run(&["keys", "rotate", "--days", "0", "--anyway"]);
    assert!(meant.status.success() && listed("keys").starts_with("k3  signs now"), "{meant:?}");
    let taken = made.run(&["keys", "rotate", "--kid", "k1"]);
    assert!(!taken.status.success() && text(&taken.stderr).contains("another name"), "{taken:?}");
}

#[test]
fn the_key_of_accounts_is_listed_and_rotated_where_devices_get_one() {
    let made = Made::new();
    assert!(made.run(&["account-key", "list"]).stdout.is_empty());
    let none = made.run(&["account-key", "rotate"]);
    assert!(!none.status.success() && text(&none.stderr).contains("accounts = true"), "{none:?}");
    let config = made.dir().join("endpoint.toml");
    let before = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{before}\naccounts = true\n")).unwrap();
    let listed = || text(&made.run(&["account-key", "list"]).stdout);
    assert_eq!(listed(), "k1  counts from the beginning\n");
    for _ in 0..2 {
        let rotated = made.run(&["account-key", "rotate"]);
        assert!(
            rotated.status.success() && text(&rotated.stdout).starts_with("k2 counts from 20"),
            "{rotated:?}"
        );
    }
    assert!(
        listed().starts_with("k1  counts from the beginning\nk2  counts from 20")
            && listed().lines().count() == 2
    );
}

#[test]
fn a_configuration_that_is_wrong_says_where() {
    let made = Made::new();
    let config = made.dir().join("endpoint.toml");
    let good = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("lisen = 1\n{good}")).unwrap();
    let wrong = made.run(&["serve"]);
    assert!(
        !wrong.status.success()
            && text(&wrong.stderr).contains("line 1: `lisen` is unknown; the nearest name is `listen`"),
        "{wrong:?}"
    );
    std::fs::write(&config, good).unwrap();
    std::fs::remove_file(made.dir().join("secret")).unwrap();
    let lost = made.run(&["serve"]);
    assert!(!lost.status.success() && text(&lost.stderr).contains("secret_file"), "{lost:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_exported_as_the_admin_api_gives_it() {
    let made = Made::new();
    let config = made.dir().join("endpoint.toml");
    let before = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{before}\n[app.webhooks]\ntokens = [\"{TOKEN}\"]\n")).unwrap();
    let running = made.serve();
    let http = http();
    let now = planguard_endpoint::clock::Clock::system().now();
    let time = now.as_second().to_string();
    let webhook = format!(
        "{}/tencent/callback?SdkAppid=1400000007&CallbackCommand=State.StateChange&contenttype=json&Sign={}\
         &RequestTime={time}",
        running.url,
        signature(&time)
    );
    let login = login("ada", now.as_millisecond()).to_string();
    assert_eq!(http.post(webhook).body(login).send().await.unwrap().status(), 200);

    let month = now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).strftime("%Y-%m").to_string();
    let exported = made.run(&["export", "--month", &month]);
    assert!(exported.status.success(), "{exported:?}");
    let exported = text(&exported.stdout);
    assert_eq!(exported.lines().count(), 2, "a head, and a line for the one user: {exported}");
    assert!(!exported.contains("ada"));
    let csv = format!("{}/admin/v1/apps/1400000007/ledger.csv?month={month}", running.url);
    let csv = http.get(csv).bearer_auth(made.shown("PLANGUARD_ADMIN_CREDENTIAL=")).send().await.unwrap();
    assert_eq!(csv.text().await.unwrap(), exported);
    let gone = made.run(&["export", "--month", "2024-01"]);
    assert!(!gone.status.success() && gone.stdout.is_empty(), "{gone:?}");
    assert!(text(&gone.stderr).contains("the users of 2024-01 are kept no more"), "{gone:?}");
    let wrong = made.run(&["export", "--app", "7"]);
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("not in the configuration"), "{wrong:?}");
}
