//! Any text as a price list, as TOML or, from the first byte `{` on, as JSON: refused with the field, or whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use planguard::Catalogs;
use planguard::catalog::{Catalog, to_json};

fuzz_target!(|body: &[u8]| {
    let catalog = if body.first() == Some(&b'{') {
        Catalog::from_json(body)
    } else {
        let Ok(text) = std::str::from_utf8(body) else { return };
        let catalog = Catalog::from_toml(text);
        if let Ok(catalog) = &catalog {
            let served = Catalog::served_form(text).expect("what is loaded can be served");
            let again = Catalog::from_json(&serde_json::to_vec(&served).unwrap());
            assert_eq!(again.as_ref(), Ok(catalog), "what is served is what was loaded");
        }
        catalog
    };
    match catalog {
        Err(error) => assert!(error.to_string().len() < 8_000, "an error fits on a screen"),
        Ok(catalog) => {
            let written = to_json([&catalog]);
            assert!(written.is_object() || written.is_array());
            for edition in catalog.editions.iter() {
                assert_eq!(catalog.edition(edition.id), Some(edition));
            }
            // A built-in one is never replaced; any other is known afterwards.
            let mut known = Catalogs::default();
            let id = catalog.id;
            let brought = known.bring(catalog.into());
            assert!(known.get(id).is_some() || brought.is_err());
        }
    }
});
