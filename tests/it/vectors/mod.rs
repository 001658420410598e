//! The cases that every language answers alike: `tests/vectors/*.json`, whose README says what they mean.

mod action;
mod world;

use std::collections::BTreeSet;

use serde_json::Value;
use support::{local, root};
use world::World;

/// Every file of cases. Read from the folder, so that none is forgotten.
fn files() -> Vec<(String, Value)> {
    let folder = root().join("tests/vectors");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let files = files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "json"));
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap())
        })
        .collect()
}

/// What a step did, in the words of `expect`.
type Found = serde_json::Map<String, Value>;

/// Where a case came out otherwise than expected.
async fn differences(case: &Value, at: &str) -> Vec<String> {
    let mut world = World::open(case).await;
    let mut differences = Vec::new();
    for (number, step) in (1..).zip(case["steps"].as_array().unwrap()) {
        let found = world.take(step).await;
        for (field, expected) in step.get("expect").and_then(Value::as_object).into_iter().flatten() {
            let found = found.get(field).unwrap_or(&Value::Null);
            if found != expected {
                differences.push(format!("{at}, step {number}: {field} is {found}, expected {expected}"));
            }
        }
    }
    differences
}

#[test]
fn every_case_comes_out_as_expected() {
    let files = files();
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["bills", "checks", "explanations", "features", "lifecycle", "logins"]);
    let (mut promises, mut all) = (BTreeSet::new(), Vec::new());
    for (file, content) in &files {
        for case in content["cases"].as_array().unwrap() {
            let name = case["name"].as_str().unwrap();
            assert!(promises.insert(name.to_owned()), "two cases are called `{name}`");
            assert_ne!(case["steps"].as_array().unwrap().len(), 0, "{name} takes no step");
            all.extend(local(differences(case, &format!("{file}.json: {name}"))));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn every_step_with_an_answer_says_what_is_expected() {
    for (file, content) in files() {
        for case in content["cases"].as_array().unwrap() {
            for step in case["steps"].as_array().unwrap() {
                let answers = ["feature", "check", "perform", "login", "lifecycle", "bill"];
                let has_answer = answers.iter().any(|kind| step.get(kind).is_some());
                let expects = step.get("expect").and_then(Value::as_object).is_some_and(|of| !of.is_empty());
                assert_eq!(has_answer, expects, "{file}.json: {step}");
            }
        }
    }
}
