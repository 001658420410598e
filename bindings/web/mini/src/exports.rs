//! What JavaScript calls: room for a request, the call, and the end of its answer.

use std::cell::RefCell;

use crate::door::Door;

thread_local! {
    static DOOR: RefCell<Door> = RefCell::default();
}

/// Room for so many bytes, to be given back to `planguard_free` or to `planguard_call`.
#[unsafe(no_mangle)]
#[allow(unreachable_pub, reason = "called from outside")]
pub extern "C" fn planguard_alloc(length: usize) -> *mut u8 {
    Box::into_raw(vec![0_u8; length].into_boxed_slice()).cast()
}

/// Gives room back.
///
/// # Safety
/// `bytes` is room of `length` that this module gave.
#[unsafe(no_mangle)]
#[allow(unreachable_pub, reason = "called from outside")]
pub unsafe extern "C" fn planguard_free(bytes: *mut u8, length: usize) {
    // SAFETY: as the caller says.
    drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(bytes, length)) });
}

/// Answers the request in `bytes`, whose room it takes back. The answer is four bytes of length and so many of text;
/// `planguard_free` takes both.
///
/// # Safety
/// `bytes` is room of `length` that `planguard_alloc` gave.
#[unsafe(no_mangle)]
#[allow(unreachable_pub, reason = "called from outside")]
pub unsafe extern "C" fn planguard_call(bytes: *mut u8, length: usize) -> *mut u8 {
    // SAFETY: as the caller says.
    let request = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(bytes, length)) };
    let answer = DOOR.with_borrow_mut(|door| door.call(&request));
    let length = u32::try_from(answer.len()).unwrap_or(u32::MAX);
    let framed = [&length.to_le_bytes(), answer.as_bytes()].concat();
    Box::into_raw(framed.into_boxed_slice()).cast()
}
