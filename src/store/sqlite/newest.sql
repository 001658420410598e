CREATE TABLE about (
    schema INTEGER NOT NULL
) STRICT;
CREATE TABLE active (
    month INTEGER NOT NULL,
    user BLOB NOT NULL,
    PRIMARY KEY (month, user)
) STRICT, WITHOUT ROWID;
CREATE TABLE catalogs (
    id TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    content_type TEXT NOT NULL,
    etag TEXT,
    fetched_at INTEGER NOT NULL,
    fresh_for_secs INTEGER,
    changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE changes (
    upto INTEGER PRIMARY KEY,
    keys INTEGER NOT NULL,
    rows BLOB NOT NULL
) STRICT;
CREATE TABLE counters (
    subject BLOB NOT NULL,
    limit_id INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    base INTEGER NOT NULL,
    as_of INTEGER,
    origin INTEGER NOT NULL,
    added INTEGER NOT NULL,
    ceiling INTEGER,
    ceiling_of INTEGER,
    group_type INTEGER,
    changed INTEGER NOT NULL,
    reported_seq INTEGER NOT NULL,
    additions BLOB,
    PRIMARY KEY (subject, limit_id, bucket)
) STRICT, WITHOUT ROWID;
CREATE TABLE deferred (
    month INTEGER NOT NULL,
    user BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (month, user)
) STRICT, WITHOUT ROWID;
CREATE TABLE document (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body BLOB NOT NULL,
    content_type TEXT NOT NULL,
    etag TEXT,
    revision INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    fresh_for_secs INTEGER
, changed INTEGER NOT NULL DEFAULT 1) STRICT;
CREATE TABLE happenings (
    key BLOB PRIMARY KEY CHECK (length(key) = 16),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE identities (
    month INTEGER NOT NULL,
    user BLOB NOT NULL,
    PRIMARY KEY (month, user)
) STRICT, WITHOUT ROWID;
CREATE TABLE install (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    app INTEGER,
    device TEXT,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    guest_id TEXT NOT NULL,
    install_id TEXT
) STRICT;
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE owners (
    id INTEGER PRIMARY KEY,
    owner BLOB NOT NULL CHECK (length(owner) = 16)
) STRICT;
CREATE TABLE permit_terms (
    permit BLOB PRIMARY KEY CHECK (length(permit) = 16),
    terms TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE permits (
    permit BLOB PRIMARY KEY CHECK (length(permit) = 16),
    owner BLOB CHECK (length(owner) = 16),
    begun INTEGER NOT NULL,
    length_ms INTEGER NOT NULL,
    items BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE processes (
    role TEXT PRIMARY KEY,
    owner BLOB NOT NULL CHECK (length(owner) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE singles (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL DEFAULT 0,
    last_fence INTEGER NOT NULL DEFAULT 0,
    logged INTEGER NOT NULL DEFAULT 0,
    logged_upto INTEGER NOT NULL DEFAULT 0,
    forgotten INTEGER NOT NULL DEFAULT 0,
    recent BLOB NOT NULL DEFAULT x'',
    totals TEXT NOT NULL DEFAULT '{}',
    pruned INTEGER,
    outbox_waiting INTEGER NOT NULL DEFAULT 0,
    outbox_dropped INTEGER NOT NULL DEFAULT 0,
    values_changed INTEGER NOT NULL DEFAULT 0,
    sync TEXT NOT NULL DEFAULT '{}',
    time TEXT NOT NULL DEFAULT '{}',
    time_changed INTEGER NOT NULL DEFAULT 0,
    suspension TEXT,
    suspension_changed INTEGER NOT NULL DEFAULT 0,
    device_user BLOB CHECK (length(device_user) = 16),
    device_user_changed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE spellings (
    normal BLOB PRIMARY KEY CHECK (length(normal) = 16),
    user BLOB CHECK (length(user) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE under_way (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    notes BLOB,
    facts BLOB,
    changed INTEGER NOT NULL,
    lease BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE users (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    month INTEGER,
    day INTEGER,
    unlisted INTEGER,
    facts BLOB,
    changed INTEGER NOT NULL,
    lease BLOB
) STRICT, WITHOUT ROWID;
CREATE TABLE warnings (
    limit_id INTEGER NOT NULL,
    subject BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    PRIMARY KEY (limit_id, subject, bucket, threshold)
) STRICT, WITHOUT ROWID;