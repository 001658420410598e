//! Every event and span of the process, of planguard and of what it is built on, at every level.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

static LINES: LazyLock<Arc<Mutex<Vec<u8>>>> = LazyLock::new(|| {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let writer = Shared(Arc::clone(&lines));
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        // What comes through `log` too: rustls and reqwest log by it.
        .init();
    quiet_hosts();
    lines
});

#[derive(Clone)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Begins to keep what is logged, once for the process.
pub(crate) fn begin() {
    LazyLock::force(&LINES);
}

/// Everything logged since [`begin`].
pub(crate) fn logged() -> Vec<u8> {
    LINES.lock().unwrap().clone()
}

/// With what the panics of host code begin, which are part of the session and need no report.
pub(crate) const HOST_BUG: &str = "host code: ";

/// Leaves the panics of host code unreported.
fn quiet_hosts() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let payload = panic.payload();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        if !text.is_some_and(|text| text.starts_with(HOST_BUG)) {
            report(panic);
        }
    }));
}

/// What answers, events and errors say of themselves, all of it.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<String>>);

impl Told {
    /// Keeps a text.
    pub(crate) fn add(&self, text: impl std::fmt::Display) {
        writeln!(self.0.lock().unwrap(), "{text}").unwrap();
    }

    /// All that was kept.
    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap().clone()
    }
}

/// Keeps `Debug` of a value, `Display`, `explain` in both languages and JSON.
#[macro_export]
macro_rules! tell {
    ($told:expr, $value:expr) => {{
        let value = &$value;
        $told.add(format_args!("{value:?} {value:#?} {value}"));
        for &locale in planguard::Locale::ALL {
            $told.add(value.explain(locale));
        }
        $told.add(serde_json::to_string(value).unwrap());
    }};
}
