-- Schema 3. Frozen once released: later changes are migrations of their own.

-- What a permit counts, so that it can be finished by its id. `terms` is JSON.
CREATE TABLE permit_terms (
    permit BLOB PRIMARY KEY CHECK (length(permit) = 16),
    terms TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

UPDATE about SET schema = 3;
