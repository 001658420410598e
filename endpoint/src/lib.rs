//! The billing endpoint of planguard: signed entitlements out, usage and the provider's webhooks in.

pub mod db;
