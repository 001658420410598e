-- Schema 3. Frozen: later changes are migrations of their own.

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
