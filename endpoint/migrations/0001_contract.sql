-- The contract: what apps are entitled to, who may ask, what signs, and which usage events were taken.

-- An app's document as its owner wrote it, without what the endpoint fills in (revision, issued_at, usage), and what of
-- that was served last.
CREATE TABLE documents (
    app BIGINT PRIMARY KEY,
    revision BIGINT NOT NULL,
    terms TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    -- The usage section as it was last served. Null where there was none.
    usage TEXT,
    -- SHA-256 of all sections that the endpoint filled in, to see when they change.
    filled BYTEA,
    issued_at BIGINT NOT NULL
);

-- Every revision, newest last, so that an owner sees what was changed when.
CREATE TABLE revisions (
    app BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    terms TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (app, revision)
);

CREATE TABLE catalogs (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Tokens of 256 random bits, as their SHA-256. An admin's `app` is null.
CREATE TABLE credentials (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    app BIGINT,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT
);

-- Ed25519 keys, sealed by the secret. The one with the latest `signs_from` that has come signs; all are published.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    sealed BYTEA NOT NULL,
    public_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    signs_from BIGINT NOT NULL
);

-- One row for each usage event taken, for 32 days: the first 16 bytes of SHA-256 over its source and id.
CREATE TABLE events_taken (
    app BIGINT NOT NULL,
    event BYTEA NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (app, event)
);

CREATE INDEX events_taken_by_time ON events_taken (taken_at);

-- One row: the latest instant by which rows are deleted, and since when a clock says one that is far later. No single
-- reading of a clock deletes anything.
CREATE TABLE believed_clock (
    one BIGINT PRIMARY KEY,
    mark BIGINT NOT NULL,
    doubted BIGINT
);
