//! Postgres and Redis servers for tests, each in a folder of its own.
