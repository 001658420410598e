//! What JavaScript calls besides the `UniFFI` functions.

use planguard::UniFfiTag;
use planguard::ffi::{PlanguardError, take_lift_error};
use uniffi::{Lower, RustBuffer, RustFuturePoll};

use crate::call::{Answer, answer};
use crate::imports::{host_random, host_woken};
use crate::objects;

/// Room for so many bytes, to be given back to `planguard_free` or to a function that takes it.
#[unsafe(no_mangle)]
pub extern "C" fn planguard_alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Gives room back.
///
/// # Safety
/// `bytes` and `capacity` are of one that Rust gave.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn planguard_free(bytes: *mut u8, capacity: usize) {
    // SAFETY: as the caller says.
    drop(unsafe { Vec::from_raw_parts(bytes, 0, capacity) });
}

/// Answers a call: 0 with a value, 1 with a declared error, 2 with anything else.
///
/// # Safety
/// `bytes` is room of `length` that `planguard_alloc` gave.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn planguard_answer(call: u32, kind: u32, bytes: *mut u8, length: usize) {
    // SAFETY: as the caller says.
    let bytes = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(bytes, length)) }.into_vec();
    answer(
        call,
        match kind {
            0 => Answer::Value(bytes),
            1 => Answer::Declared(bytes),
            _ => Answer::Unexpected(bytes),
        },
    );
}

/// The handle of an object of JavaScript.
#[unsafe(no_mangle)]
pub extern "C" fn planguard_object(kind: u32, object: u32) -> u64 {
    objects::handle(kind, object)
}

/// Writes the typed error of the argument that the last call could not take, or none, into `out`.
#[unsafe(no_mangle)]
pub extern "C" fn planguard_refused(out: &mut RustBuffer) {
    *out = <Option<PlanguardError> as Lower<UniFfiTag>>::lower_into_rust_buffer(take_lift_error());
}

extern "C" fn woken(future: u64, code: RustFuturePoll) {
    #[allow(clippy::cast_possible_truncation, reason = "a number that JavaScript gave, of 32 bits")]
    host_woken(future as u32, u32::from(code == RustFuturePoll::Wake));
}

/// The function that is passed to the poll functions of `UniFFI`.
#[unsafe(no_mangle)]
pub extern "C" fn planguard_continuation() -> usize {
    woken as *const () as usize
}

/// Randomness for getrandom, which this module is built to take from here.
///
/// # Safety
/// `bytes` has room for `length`.
#[unsafe(no_mangle)]
unsafe extern "Rust" fn __getrandom_v03_custom(
    bytes: *mut u8,
    length: usize,
) -> Result<(), getrandom::Error> {
    if host_random(bytes, length) == 0 { Err(getrandom::Error::UNSUPPORTED) } else { Ok(()) }
}
