//! `init`: from nothing to an endpoint that can serve.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use planguard_endpoint::clock::Clock;
use planguard_endpoint::config::{Config, DATABASE_VARIABLE};
use planguard_endpoint::credentials::{self, Kind, Token};
use planguard_endpoint::db::{Place, Queries};
use planguard_endpoint::documents::{self, check};
use planguard_endpoint::keys;
use planguard_endpoint::secret::Secret;
use planguard_endpoint::service::Service;
use serde_json::{Map, Value, json};

use super::CONFIG;
use super::say::say;

/// The name of the secret in a new folder, as the configuration has it by default.
const SECRET: &str = "secret";

/// What a new endpoint is for.
#[derive(clap::Args)]
pub(super) struct Init {
    /// The app's number in the provider's console (`SDKAppID`).
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=0x7FFF_FFFF_FFFF_FFFF))]
    app: u64,
    /// The price list that the plan was bought from.
    #[arg(long, default_value = "intl-2024")]
    catalog: String,
    /// The edition within it.
    #[arg(long, default_value = "standard")]
    edition: String,
    /// Where to listen, for a container or another machine's proxy.
    #[arg(long)]
    listen: Option<std::net::SocketAddr>,
    /// A proxy that ends TLS is in front.
    #[arg(long)]
    behind_proxy: bool,
}

impl Init {
    pub(super) async fn run(self, dir: &Path) -> Result<ExitCode> {
        if dir.exists() && dir.read_dir().map_or(true, |mut entries| entries.next().is_some()) {
            bail!("{} is there already and not empty; choose another folder with --dir", dir.display());
        }
        let clock = Clock::system();
        let now = clock.now();
        let terms = self.terms(now)?;
        let is_new = !dir.exists();
        make(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let (service, made) = match self.make(dir, terms, clock).await {
            Ok(made) => made,
            // The next attempt finds the folder as this one did, and no secret lies about that nothing is sealed with.
            Err(why) => match clear(dir, is_new) {
                Ok(()) => return Err(why),
                Err(left) => return Err(why.context(format!("{} is not empty now: {left}", dir.display()))),
            },
        };
        self.report(dir, &service, &made)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Everything, in a folder that is there and empty.
    async fn make(
        &self,
        dir: &Path,
        terms: Map<String, Value>,
        clock: Clock,
    ) -> Result<(Arc<Service>, Made)> {
        let now = clock.now();
        let path = dir.join(CONFIG);
        std::fs::write(&path, self.config()).with_context(|| path.display().to_string())?;
        let config = Config::load(&path)?;
        let secret = Secret::generate()?;
        secret.store(&config.secret_file)?;
        let service = Service::open(config, secret, clock).await?;
        let made = fill(&service, self.app, terms, now).await?;
        Ok((service, made))
    }

    /// The first document: the edition from now on, without an end.
    fn terms(&self, now: Timestamp) -> Result<Map<String, Value>> {
        let starts_at = Timestamp::from_second(now.as_second())?;
        let terms = json!({
            "catalog": self.catalog,
            "edition": self.edition,
            "subscription": { "starts_at": starts_at.to_string(), "expires_at": null },
            "fresh_for_secs": 300,
        });
        let findings = check::document(terms.to_string().as_bytes(), self.app, &[], now);
        match (terms, &findings[..]) {
            (Value::Object(members), []) => Ok(members),
            (_, findings) => {
                let lines: Vec<_> = findings.iter().map(ToString::to_string).collect();
                bail!("the first document would be refused:\n{}", lines.join("\n"))
            }
        }
    }

    fn config(&self) -> String {
        let mut text = include_str!("endpoint.toml").replace("1400000001", &self.app.to_string());
        if let Some(listen) = self.listen {
            text = text.replace("#listen = \"127.0.0.1:8787\"", &format!("listen = \"{listen}\""));
        }
        if self.behind_proxy {
            text = text.replace("#behind_proxy = false", "behind_proxy = true");
        }
        text
    }

    fn report(&self, dir: &Path, service: &Service, made: &Made) -> Result<()> {
        // Where it is beyond this machine, devices call a name that is not known here.
        let local = service.config.listen.ip().is_loopback() && !self.behind_proxy;
        let listen = service.config.listen;
        let url = if local { format!("http://{listen}") } else { "https://billing.example.com".to_owned() };
        let (app, admin, device, key) =
            (self.app, made.admin.reveal(), made.device.reveal(), &made.public_key);
        say(format_args!(
            "Made {}: configuration, secret, database. Keep a copy of all three.\n",
            dir.display()
        ))?;
        say("Shown once; only their hashes are kept:")?;
        say(format_args!("  export PLANGUARD_ADMIN_CREDENTIAL={admin}"))?;
        say(format_args!("  export PLANGUARD_DEVICE_CREDENTIAL={device}\n"))?;
        say("In the app:")?;
        say(format_args!("  Planguard::builder(SdkAppId::new({app})?)"))?;
        say(format_args!("      .endpoint(\"{url}\")"))?;
        say("      .credential(planguard::sync::Credential::new(device_credential)?)")?;
        say(format_args!("      .trusted_key(\"k1\", \"{key}\")\n"))?;
        say("Next:")?;
        say(format_args!("  planguard-endpoint serve --dir {}", dir.display()))?;
        if !local {
            say("  Put the name that devices call in the place of billing.example.com.")?;
        }
        say(format_args!("  {url}/admin is the page: sign in with the admin credential."))?;
        if matches!(Place::parse(&service.config.database), Ok(Place::Postgres(_))) {
            say(format_args!(
                "  {DATABASE_VARIABLE} has to be set for each command, or `database` in the configuration."
            ))?;
        }
        Ok(())
    }
}

/// For its user alone: the database in it has hashes and counts.
pub(super) fn make(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Removes what `init` wrote before it failed.
fn clear(dir: &Path, is_new: bool) -> std::io::Result<()> {
    for name in [CONFIG, SECRET] {
        match std::fs::remove_file(dir.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    if is_new { std::fs::remove_dir(dir) } else { Ok(()) }
}

struct Made {
    admin: Token,
    device: Token,
    public_key: String,
}

async fn fill(service: &Arc<Service>, app: u64, terms: Map<String, Value>, now: Timestamp) -> Result<Made> {
    let (sealed, key) = keys::sealed(&service.secret)?;
    let public_key = key.public_key();
    let tokens = Arc::new([Token::generate()?, Token::generate()?]);
    let (shared, published) = (Arc::clone(&tokens), public_key.clone());
    let work = move |queries: &mut dyn Queries| {
        if !keys::list(queries, now)?.is_empty() || !credentials::list(queries)?.is_empty() {
            return Ok(false);
        }
        let [admin, device] = &*shared;
        credentials::add(queries, admin, Kind::Admin, "owner", None, now)?;
        credentials::add(queries, device, Kind::Device { app }, "devices", None, now)?;
        keys::add(queries, "k1", &sealed, &published, now, now)?;
        documents::put(queries, app, &terms, None, now).map(|_| true)
    };
    if !service.db.write(work).await? {
        bail!(
            "the database holds an endpoint already, which is left as it is; for a further process copy its endpoint.toml \
             and secret, for another endpoint name another database"
        );
    }
    match Arc::try_unwrap(tokens) {
        Ok([admin, device]) => Ok(Made { admin, device, public_key }),
        Err(_) => bail!("the database still works on it"),
    }
}
