-- What the provider's webhooks and devices' usage events say. No id of a user, group or peer stands here: users are keyed
-- pseudonyms (ACCOUNTS.md), and of groups and friendships only numbers are kept.

-- One row for each user of a billing month. Bit n of a column of days is a login on day n + 1 of the month, so that the
-- month's and every day's users are counted from one row.
CREATE TABLE month_users (
    app BIGINT NOT NULL,
    month BIGINT NOT NULL,
    account BYTEA NOT NULL,
    provider_days BIGINT NOT NULL,
    device_days BIGINT NOT NULL,
    deferred BIGINT NOT NULL,
    PRIMARY KEY (app, month, account)
);

-- Users of devices that had no key, or not the month's: by the pseudonym that one install made.
CREATE TABLE month_keyless (
    app BIGINT NOT NULL,
    month BIGINT NOT NULL,
    install_user BYTEA NOT NULL,
    PRIMARY KEY (app, month, install_user)
);

-- Counters of a period: a day (20261126), a month (202611), or 0 for all time. Several rows each, so that transactions
-- that count at once do not wait for one another; the counter is their sum. `latest` is when the newest of what was
-- counted happened.
CREATE TABLE tallies (
    app BIGINT NOT NULL,
    period BIGINT NOT NULL,
    what TEXT NOT NULL,
    shard BIGINT NOT NULL,
    n BIGINT NOT NULL,
    latest BIGINT NOT NULL,
    PRIMARY KEY (app, period, what, shard)
);

-- When the first webhook of an app came, and when the newest of what webhooks told happened.
CREATE TABLE webhook_pulse (
    app BIGINT NOT NULL,
    shard BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (app, shard)
);

-- Webhooks that count for something each time, so that one delivered again counts once: a keyed hash of app, command
-- and content.
CREATE TABLE callbacks (
    app BIGINT NOT NULL,
    callback BYTEA NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (app, callback)
);

CREATE INDEX callbacks_by_time ON callbacks (taken_at);

-- The provider's own figure of a day's net new groups, from its alarm, beside what was counted here at that time.
CREATE TABLE group_quotas (
    app BIGINT NOT NULL,
    day BIGINT NOT NULL,
    used BIGINT NOT NULL,
    quota BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (app, day)
);

-- Which key makes the pseudonyms of a month: the one with the latest `from_month` that is not later. The key itself is
-- derived from the endpoint's secret; `proof` tells whether it is still the same one.
CREATE TABLE account_keys (
    app BIGINT NOT NULL,
    from_month BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    proof BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (app, from_month)
);
