-- When the database turned out to be older than what was published: changes after kept_until, up to lost_until at the most, are missing.
-- While bumped_at is missing, no server on this database signs anything.
CREATE TABLE restores (
    id         bigint PRIMARY KEY,
    kept_until bigint NOT NULL,
    lost_until bigint NOT NULL,
    found_at   timestamptz NOT NULL,
    bumped_at  timestamptz
);
