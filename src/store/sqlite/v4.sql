-- Schema 4. Frozen: later changes are migrations of their own. What schema 3 kept is carried over in v4.rs.
-- `changed` is the number of the write that changed the row last. Limits, origins and group types are the numbers of
-- codes.rs. What a blob holds stands where it is read.

DROP INDEX counters_by_change;
DROP INDEX users_by_change;
DROP INDEX notes_by_month;
DROP INDEX permit_items_by_counter;
ALTER TABLE singles RENAME TO v3_singles;
ALTER TABLE counters RENAME TO v3_counters;
ALTER TABLE users RENAME TO v3_users;
ALTER TABLE notes RENAME TO v3_notes;
ALTER TABLE leases RENAME TO v3_leases;
ALTER TABLE permits RENAME TO v3_permits;
ALTER TABLE permit_items RENAME TO v3_permit_items;
ALTER TABLE warnings RENAME TO v3_warnings;
ALTER TABLE totals RENAME TO v3_totals;
ALTER TABLE spellings RENAME TO v3_spellings;

-- Values of which there is one, and what every write changes: on one page. `recent` holds the latest changed rows,
-- `logged` counts those in `changes`, which are complete after write `forgotten`. `totals` is JSON, by month.
-- `values_changed` is the last change of any of document, price lists, suspension and time.
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

-- Which rows the writes up to `upto` changed, `keys` of them, for processes that follow.
CREATE TABLE changes (
    upto INTEGER PRIMARY KEY,
    keys INTEGER NOT NULL,
    rows BLOB NOT NULL
) STRICT;

-- By subject first, so that the app's own counters lie on one page. `ceiling_of` is the revision that a ceiling was
-- inferred under; without one the group was given it.
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

-- Where a user is counted, facts, and the right to log in where it ended. `unlisted` where the list of that month's
-- active users is forgotten.
CREATE TABLE users (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    month INTEGER,
    day INTEGER,
    unlisted INTEGER,
    facts BLOB,
    changed INTEGER NOT NULL,
    lease BLOB
) STRICT, WITHOUT ROWID;

-- Users with a login on its way, or sent and of unknown end. Few, so that a login writes its own page among all users
-- once. What is here holds in place of what is there.
CREATE TABLE under_way (
    user BLOB PRIMARY KEY CHECK (length(user) = 16),
    notes BLOB,
    facts BLOB,
    changed INTEGER NOT NULL,
    lease BLOB
) STRICT, WITHOUT ROWID;

-- Guard instances that leases name by number.
CREATE TABLE owners (
    id INTEGER PRIMARY KEY,
    owner BLOB NOT NULL CHECK (length(owner) = 16)
) STRICT;

-- Under which id a normal form was seen first; without one it is its own.
CREATE TABLE spellings (
    normal BLOB PRIMARY KEY CHECK (length(normal) = 16),
    user BLOB CHECK (length(user) = 16)
) STRICT, WITHOUT ROWID;

-- `items` holds keys of counters, and how much of each.
CREATE TABLE permits (
    permit BLOB PRIMARY KEY CHECK (length(permit) = 16),
    owner BLOB CHECK (length(owner) = 16),
    begun INTEGER NOT NULL,
    length_ms INTEGER NOT NULL,
    items BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE warnings (
    limit_id INTEGER NOT NULL,
    subject BLOB NOT NULL,
    bucket INTEGER NOT NULL,
    threshold INTEGER NOT NULL,
    PRIMARY KEY (limit_id, subject, bucket, threshold)
) STRICT, WITHOUT ROWID;

UPDATE about SET schema = 4;
