-- Schema 3. Frozen: later changes are migrations of their own.

-- What a permit counts, so that it can be finished by its id. `terms` is JSON.
CREATE TABLE permit_terms (
    permit BLOB PRIMARY KEY CHECK (length(permit) = 16),
    terms TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Price lists that the endpoint served, exactly as received.
CREATE TABLE catalogs (
    id TEXT PRIMARY KEY,
    body BLOB NOT NULL,
    content_type TEXT NOT NULL,
    etag TEXT,
    fetched_at INTEGER NOT NULL,
    fresh_for_secs INTEGER,
    changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

UPDATE about SET schema = 3;
