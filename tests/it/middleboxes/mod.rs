//! What stands between an app and its billing endpoint, or takes the endpoint's place: every fault of the reference
//! endpoint, met by the default transport and by a careless one of the host's.

mod careless;
mod crowd;
mod direct;
mod pooled;
mod rows;
mod table;
mod world;
