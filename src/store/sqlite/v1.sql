-- Schema 1. Frozen: later changes are migrations of their own.
-- Times are UTC milliseconds. Unsigned 64-bit numbers are kept as the signed number with the same bits.
-- A subject is empty for the app, 01 and 16 bytes for a user, 02 and 16 bytes for a group.

-- Repeats `user_version`, so that a damaged header is told apart from a newer planguard. Stays for ever.
CREATE TABLE about (
    schema INTEGER NOT NULL
) STRICT;

CREATE TABLE install (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    guest_id TEXT NOT NULL
) STRICT;

-- Numbers of which there is one: trusted time, fences, drops, the syncer's memory.
CREATE TABLE singles (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    high_water INTEGER NOT NULL DEFAULT 0,
    server_floor INTEGER NOT NULL DEFAULT 0,
    last_fence INTEGER NOT NULL DEFAULT 0,
    outbox_dropped INTEGER NOT NULL DEFAULT 0,
    sync_not_before INTEGER,
    sync_failures INTEGER NOT NULL DEFAULT 0,
    refused_credential TEXT
) STRICT;

CREATE TABLE document (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body BLOB NOT NULL,
    content_type TEXT NOT NULL,
    etag TEXT,
    revision INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    fresh_for_secs INTEGER
) STRICT;

CREATE TABLE counters (
    limit_id TEXT NOT NULL,
    subject BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    base INTEGER NOT NULL,
    as_of INTEGER,
    origin TEXT NOT NULL,
    added INTEGER NOT NULL,
    own_max INTEGER,
    PRIMARY KEY (limit_id, subject, bucket)
) STRICT, WITHOUT ROWID;

-- What was added when, for as long as a report may ask. The sum is in `counters.added` already.
CREATE TABLE additions (
    limit_id TEXT NOT NULL,
    subject BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    at INTEGER NOT NULL,
    delta INTEGER NOT NULL,
    PRIMARY KEY (limit_id, subject, bucket, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE permits (
    permit BLOB PRIMARY KEY CHECK (length(permit) = 16),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE permit_items (
    permit BLOB NOT NULL,
    item INTEGER NOT NULL,
    limit_id TEXT NOT NULL,
    subject BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    PRIMARY KEY (permit, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX permit_items_by_counter ON permit_items (limit_id, subject, bucket);

CREATE TABLE ledger (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    month INTEGER,
    day INTEGER,
    uncertain INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX ledger_by_month ON ledger (month);
CREATE INDEX ledger_uncertain ON ledger (uncertain) WHERE uncertain IS NOT NULL;

CREATE TABLE active (
    month INTEGER NOT NULL,
    user BLOB NOT NULL,
    PRIMARY KEY (month, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE deferred (
    month INTEGER NOT NULL,
    user BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (month, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE identities (
    month INTEGER NOT NULL,
    user BLOB NOT NULL,
    PRIMARY KEY (month, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE totals (
    month INTEGER NOT NULL,
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (month, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE leases (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    owner BLOB NOT NULL CHECK (length(owner) = 16),
    fence INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended TEXT CHECK (ended IN ('succeeded', 'failed', 'abandoned')),
    ended_at INTEGER,
    code INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE warnings (
    limit_id TEXT NOT NULL,
    subject BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    PRIMARY KEY (limit_id, subject, bucket, threshold)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

INSERT INTO singles (id) VALUES (1);
INSERT INTO about (schema) VALUES (1);
