//! What JavaScript provides.

#[link(wasm_import_module = "host")]
unsafe extern "C" {
    /// Calls `method` of `object` with the arguments at `args`, and answers later through `planguard_answer`.
    #[link_name = "call"]
    pub(crate) safe fn host_call(object: u32, method: u32, call: u32, args: *const u8, length: usize);

    /// Nobody waits for this call any more.
    #[link_name = "abort"]
    pub(crate) safe fn host_abort(call: u32);

    /// The object is called no more.
    #[link_name = "drop"]
    pub(crate) safe fn host_drop(object: u32);

    /// A clock's time in milliseconds: of the day, or since some moment where `elapsed` is 1. Not a number where it throws.
    #[link_name = "time"]
    pub(crate) safe fn host_time(object: u32, elapsed: u32) -> f64;

    /// Fills the bytes with random ones. 0 where that cannot be done.
    #[link_name = "random"]
    pub(crate) safe fn host_random(bytes: *mut u8, length: usize) -> u32;

    /// A future of `UniFFI` is to be polled again, or is ready.
    #[link_name = "woken"]
    pub(crate) safe fn host_woken(future: u32, again: u32);
}
