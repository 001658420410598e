//! `serve`: runs the endpoint.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use planguard_endpoint::config::{Log, LogFormat, LogLevel};
use planguard_endpoint::db::Queries;
use planguard_endpoint::keys;
use planguard_endpoint::outgoing::Outgoing;
use planguard_endpoint::server::{self, Certificates};
use planguard_endpoint::service::Service;
use planguard_endpoint::{background, upkeep};
use tokio::sync::watch;
use tracing::Level;

use super::say::say;

pub(super) async fn run(dir: &Path) -> Result<ExitCode> {
    let config = super::config(dir)?;
    log(&config.log)?;
    let service = super::open(dir).await?;
    can_sign(&service).await?;
    let config = &service.config;
    #[cfg(unix)]
    super::files::allow(config.limits.connections);
    let certificates = config.tls.clone().map(Certificates::load).transpose()?;
    if !config.listen.ip().is_loopback() && certificates.is_none() && !config.behind_proxy {
        tracing::warn!(
            "credentials cross the network in clear: configure [tls], or put a proxy in front and set behind_proxy"
        );
    }
    let listener = tokio::net::TcpListener::bind(config.listen)
        .await
        .with_context(|| format!("listen: cannot listen on {}; choose another port", config.listen))?;
    // Before it is said that it runs: from then on it is signalled.
    on_hangup(certificates.clone())?;
    let stopped = stopped()?;
    let scheme = if certificates.is_some() { "https" } else { "http" };
    // The one line on standard output, for whoever started it.
    if let Err(error) = say(format_args!("{scheme}://{}", listener.local_addr()?)) {
        tracing::warn!(why = %error, "the URL was not printed");
    }
    let upkeep = tokio::spawn(keep_up(Arc::clone(&service)));
    let (stop, stopping) = watch::channel(false);
    let sent = tokio::spawn(background::run(Arc::clone(&service), Outgoing::new()?, stopping));
    server::run(Arc::clone(&service), listener, certificates, stopped).await;
    upkeep.abort();
    stop.send_replace(true);
    let patience = Duration::from_secs(config.limits.shutdown_secs);
    if tokio::time::timeout(patience, sent).await.is_err() {
        tracing::warn!("what was being sent is sent again after the next start");
    }
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Refuses a secret that is not the database's: every answer to a device would be an error.
async fn can_sign(service: &Arc<Service>) -> Result<()> {
    let opened = Arc::clone(service);
    let signing = move |queries: &mut dyn Queries| {
        keys::signing(queries, &opened.secret, None, opened.clock.now()).map(|keys| keys.map(drop))
    };
    service.db.read(signing).await??;
    Ok(())
}

/// On standard error, of this package and warnings of others.
fn log(log: &Log) -> Result<()> {
    let level = match log.level {
        LogLevel::Error => Level::ERROR,
        LogLevel::Warn => Level::WARN,
        LogLevel::Info => Level::INFO,
        LogLevel::Debug => Level::DEBUG,
        LogLevel::Trace => Level::TRACE,
    };
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr);
    let set = match log.format {
        LogFormat::Text => builder.with_ansi(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    set.map_err(|error| anyhow::anyhow!("log: {error}"))
}

/// Resolves at SIGTERM or Ctrl-C.
fn stopped() -> Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    Ok(async move {
        #[cfg(unix)]
        let terminated = terminate.recv();
        #[cfg(not(unix))]
        let terminated = std::future::pending::<Option<()>>();
        tokio::select! {
            _ = terminated => {}
            interrupted = tokio::signal::ctrl_c() => {
                if let Err(error) = interrupted {
                    tracing::error!(why = %error, "Ctrl-C cannot be heard");
                }
            }
        }
        tracing::info!("stopping: calls that run are finished");
    })
}

/// Reads the certificate files again at SIGHUP. Without any it is taken, too: left to the system it would end the process
/// in the middle of its calls, and a service manager takes that for an orderly end.
#[cfg(unix)]
fn on_hangup(certificates: Option<Certificates>) -> Result<()> {
    let mut hangups = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match certificates.as_ref().map(Certificates::reload) {
                None => tracing::info!("no certificate to read again; other changes need a restart"),
                Some(Ok(())) => tracing::info!("certificate read again"),
                Some(Err(error)) => tracing::error!(why = %error, "certificate kept from before"),
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
fn on_hangup(_: Option<Certificates>) -> Result<()> {
    Ok(())
}

async fn keep_up(service: Arc<Service>) {
    // Not at once: a clock may be set right just after the start.
    let mut turns = tokio::time::interval_at(tokio::time::Instant::now() + upkeep::EVERY, upkeep::EVERY);
    loop {
        turns.tick().await;
        if let Err(error) = service.upkeep().await {
            tracing::error!(why = %error, "upkeep put off");
        }
    }
}
