//! Money, lifecycle and plan changes, by the price lists that ship with planguard.

mod bill;
mod bill_input;
mod bill_services;
mod change;
mod forecast;
mod included;
mod kinds;
mod lifecycle;
mod properties;
mod refund;
mod samples;
mod words;
mod worked;
