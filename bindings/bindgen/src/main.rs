//! Generates planguard's foreign-language bindings from the built library.
//!
//! It lives in this workspace so that generator and scaffolding are always the same pinned version. `web` is our own
//! generator, of tables for the npm package; everything else is `UniFFI`'s.

mod web;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    match &args[1..] {
        [command, library, folder] if command == "web" => {
            web::generate(library.as_str().into(), folder.as_str().into())
        }
        _ => {
            uniffi::uniffi_bindgen_main();
            Ok(())
        }
    }
}
