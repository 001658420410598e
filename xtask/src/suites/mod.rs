//! The test suites, one row each; further languages join the table.

mod calls;
mod endpoint;
mod kotlin;
mod python;
mod rust;
mod swift;
mod web;

use crate::task::{Lane, Task};

/// Every suite `cargo xtask test` runs.
pub(crate) const ALL: &[Task] = &[
    Task {
        name: "rust",
        about: "the workspace with every feature, doctests and examples",
        lane: Lane::Main,
        run: rust::full,
    },
    Task {
        name: "rust-default",
        about: "the library's own tests, doctests and examples with default features",
        lane: Lane::Main,
        run: rust::default,
    },
    Task {
        name: "rust-minimal",
        about: "the library's own tests without features",
        lane: Lane::Main,
        run: rust::minimal,
    },
    Task { name: "python", about: "the Python wheel, as installed", lane: Lane::Main, run: python::run },
    Task { name: "swift", about: "the Swift package, XCTest", lane: Lane::Main, run: swift::run },
    Task {
        name: "kotlin",
        about: "the jar, the AAR under Robolectric and a minified app, from Kotlin and Java",
        lane: Lane::Main,
        run: kotlin::run,
    },
    Task {
        name: "packages",
        about: "the jars, the Swift, npm and Python packages as packed, in projects of their own",
        lane: Lane::Last,
        run: crate::package::suite,
    },
    Task {
        name: "web",
        about: "the npm package in Node and headless Chromium, and its dashboard",
        lane: Lane::Beside,
        run: web::run,
    },
    Task {
        name: "endpoint",
        about: "the owner's page of the endpoint, in headless Chromium",
        lane: Lane::Beside,
        run: endpoint::run,
    },
];
