-- Which thresholds were crossed: one row for each rule and period. `armed` is 1 again once the figure fell back.
CREATE TABLE notice_rules (
    app BIGINT NOT NULL,
    rule TEXT NOT NULL,
    period TEXT NOT NULL,
    armed BIGINT NOT NULL,
    crossed_at BIGINT NOT NULL,
    PRIMARY KEY (app, rule, period)
);

-- What receivers are told: the body as it is sent, each time the same.
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    app BIGINT NOT NULL,
    rule TEXT NOT NULL,
    crossed_at BIGINT NOT NULL,
    body TEXT NOT NULL
);

CREATE INDEX notices_by_time ON notices (app, crossed_at);

-- One row for each notice and receiver. `state` is waiting, sent or given_up; `answer` is the last one, in a word.
CREATE TABLE notice_deliveries (
    notice TEXT NOT NULL,
    app BIGINT NOT NULL,
    receiver TEXT NOT NULL,
    state TEXT NOT NULL,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    lease TEXT NOT NULL,
    answer TEXT,
    PRIMARY KEY (notice, receiver)
);

CREATE INDEX notice_deliveries_due ON notice_deliveries (app, receiver, state, due_at);

-- Usage events that wait to be forwarded, as they will be sent.
CREATE TABLE forward_events (
    app BIGINT NOT NULL,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (app, source, id)
);

CREATE INDEX forward_events_by_time ON forward_events (app, queued_at, source, id);

-- Where forwarding stands: `batch` is how many events are sent at once, halved where a batch was refused.
CREATE TABLE forward_state (
    app BIGINT PRIMARY KEY,
    tries BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    lease TEXT NOT NULL,
    batch BIGINT NOT NULL,
    forwarded BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    dropped BIGINT NOT NULL
);

-- Decisions that devices reported, counted by billing day (20261126). Several rows for each, so that batches that come in
-- at once do not wait for one another; the count is their sum.
CREATE TABLE decisions (
    app BIGINT NOT NULL,
    day BIGINT NOT NULL,
    kind TEXT NOT NULL,
    word TEXT NOT NULL,
    shard BIGINT NOT NULL,
    n BIGINT NOT NULL,
    latest BIGINT NOT NULL,
    PRIMARY KEY (app, day, kind, word, shard)
);

-- Who is signed in to the page: the hash of the cookie, and the credential it came from.
CREATE TABLE admin_sessions (
    hash BYTEA PRIMARY KEY,
    credential TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
