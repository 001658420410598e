//! A value that cannot be had, as the error of the call that takes it.

use uniffi::deps::anyhow;

use super::error::PlanguardError;

/// The error of lifting a value. `UniFFI` makes it the error of the call by its type.
pub(super) fn refuse(error: impl Into<PlanguardError>) -> anyhow::Error {
    let error = error.into();
    #[cfg(target_arch = "wasm32")]
    keep(error.clone());
    error.into()
}

// On wasm `UniFFI` 0.31 does not: it turns the error into text. So the Web's module asks for it here.
#[cfg(target_arch = "wasm32")]
thread_local! {
    static LAST: std::cell::RefCell<Option<PlanguardError>> = const { std::cell::RefCell::new(None) };
}

#[cfg(target_arch = "wasm32")]
fn keep(error: PlanguardError) {
    LAST.with_borrow_mut(|last| *last = Some(error));
}

/// The error of the value that was refused last, once.
#[cfg(target_arch = "wasm32")]
pub fn take_lift_error() -> Option<PlanguardError> {
    LAST.with_borrow_mut(Option::take)
}
