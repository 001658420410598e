//! Generates planguard's foreign-language bindings from the built library.
//!
//! It lives in this workspace so that generator and scaffolding are always the same pinned version.

fn main() {
    uniffi::uniffi_bindgen_main();
}
