-- Schema 2. Frozen: later changes are migrations of their own. What schema 1 kept is carried over in v2.rs.
-- `changed` is the number of the write that changed the row last; `singles.seq` is the number of the last write.
-- A row that says nothing any more stays, so that its last change is reported; pruning removes it.

ALTER TABLE install RENAME TO v1_install;
ALTER TABLE singles RENAME TO v1_singles;
ALTER TABLE counters RENAME TO v1_counters;
DROP TABLE permits;
DROP TABLE permit_items;
DROP TABLE leases;
DROP INDEX ledger_by_month;
DROP INDEX ledger_uncertain;

CREATE TABLE install (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    app INTEGER,
    device TEXT,
    salt BLOB NOT NULL CHECK (length(salt) = 32),
    guest_id TEXT NOT NULL,
    install_id TEXT
) STRICT;

-- Values of which there is one. Structured ones are JSON.
CREATE TABLE singles (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL DEFAULT 0,
    last_fence INTEGER NOT NULL DEFAULT 0,
    outbox_dropped INTEGER NOT NULL DEFAULT 0,
    sync TEXT NOT NULL DEFAULT '{}',
    time TEXT NOT NULL DEFAULT '{}',
    time_changed INTEGER NOT NULL DEFAULT 0,
    suspension TEXT,
    suspension_changed INTEGER NOT NULL DEFAULT 0,
    device_user BLOB CHECK (length(device_user) = 16),
    device_user_changed INTEGER NOT NULL DEFAULT 0
) STRICT;

ALTER TABLE document ADD COLUMN changed INTEGER NOT NULL DEFAULT 1;

-- `additions` is a JSON list of times and amounts; its sum is in `added`.
CREATE TABLE counters (
    limit_id TEXT NOT NULL,
    subject BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    base INTEGER NOT NULL,
    as_of INTEGER,
    origin TEXT NOT NULL,
    added INTEGER NOT NULL,
    ceiling TEXT,
    group_type TEXT,
    additions TEXT NOT NULL,
    reported_seq INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    PRIMARY KEY (limit_id, subject, bucket)
) STRICT, WITHOUT ROWID;
CREATE INDEX counters_by_change ON counters (changed);

CREATE TABLE permits (
    permit BLOB PRIMARY KEY CHECK (length(permit) = 16),
    owner BLOB CHECK (length(owner) = 16),
    begun INTEGER NOT NULL,
    length_ms INTEGER NOT NULL
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

-- Callbacks of the chat SDK that were counted, so that a repetition is not.
CREATE TABLE happenings (
    key BLOB PRIMARY KEY CHECK (length(key) = 16),
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- `uncertain` is the time of the user's latest note.
CREATE TABLE users (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    month INTEGER,
    day INTEGER,
    uncertain INTEGER,
    facts TEXT,
    changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX users_by_change ON users (changed);

-- Logins that were sent and whose end is not known.
CREATE TABLE notes (
    login BLOB PRIMARY KEY CHECK (length(login) = 16),
    user BLOB NOT NULL,
    at INTEGER NOT NULL,
    month INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notes_by_user ON notes (user);
CREATE INDEX notes_by_month ON notes (month, user);

CREATE TABLE leases (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    owner BLOB NOT NULL CHECK (length(owner) = 16),
    fence INTEGER NOT NULL,
    begun INTEGER NOT NULL,
    length_ms INTEGER NOT NULL,
    ended TEXT CHECK (ended IN ('succeeded', 'failed', 'abandoned')),
    ended_at INTEGER,
    ended_elapsed INTEGER,
    code INTEGER
) STRICT, WITHOUT ROWID;

-- The last guard instance of each role.
CREATE TABLE processes (
    role TEXT PRIMARY KEY,
    owner BLOB NOT NULL CHECK (length(owner) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE spellings (
    normal BLOB PRIMARY KEY CHECK (length(normal) = 16),
    user BLOB NOT NULL
) STRICT, WITHOUT ROWID;

UPDATE about SET schema = 2;
