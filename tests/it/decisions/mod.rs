//! The pure decisions against the built-in price lists: entitlements, features, quotas, remedies, rejections.

mod feature;
mod fixtures;
mod not_stated;
mod quota;
mod quota_groups;
mod quota_properties;
mod rejection;
mod rejection_codes;
mod remedy;
mod remedy_free;
mod remedy_plans;
mod resolve;
mod tables;
