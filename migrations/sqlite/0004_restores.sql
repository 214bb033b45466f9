-- When the database turned out to be older than what was published: changes after kept_until, up to lost_until at the most, are missing.
-- While bumped_at is missing, no server on this database signs anything.
CREATE TABLE restores (
    id         INTEGER PRIMARY KEY,
    kept_until INTEGER NOT NULL,
    lost_until INTEGER NOT NULL,
    found_at   INTEGER NOT NULL,
    bumped_at  INTEGER
) STRICT;
