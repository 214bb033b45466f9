-- Times are milliseconds since 1970-01-01 UTC. STRICT: a value of another type is refused.

-- One row for each repository; the versions are those of its current top-level files.
-- AUTOINCREMENT: the id of a deleted repository is never given again.
CREATE TABLE repositories (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    name              TEXT NOT NULL UNIQUE,
    format            TEXT NOT NULL,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL,
    root_version      INTEGER NOT NULL,
    timestamp_version INTEGER NOT NULL,
    snapshot_version  INTEGER NOT NULL,
    targets_version   INTEGER NOT NULL,
    root_expires      INTEGER NOT NULL,
    timestamp_expires INTEGER NOT NULL,
    snapshot_expires  INTEGER NOT NULL,
    targets_expires   INTEGER NOT NULL
) STRICT;

-- Published files. Rows are inserted and deleted, never updated.
CREATE TABLE metadata_files (
    repository_id INTEGER NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    role          TEXT NOT NULL,
    version       INTEGER NOT NULL CHECK (version > 0),
    sha256        TEXT NOT NULL CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    length        INTEGER NOT NULL CHECK (length = length(data)),
    expires_at    INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    data          BLOB NOT NULL,
    PRIMARY KEY (repository_id, role, version)
) STRICT;

CREATE INDEX metadata_files_sha256 ON metadata_files (repository_id, sha256);

-- Keys of snapshot and timestamp. A key is made before its repository exists, so the name stands here, not the id.
CREATE TABLE online_keys (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    repository     TEXT NOT NULL,
    role           TEXT NOT NULL CHECK (role IN ('snapshot', 'timestamp')),
    fingerprint    TEXT NOT NULL CHECK (length(fingerprint) = 64 AND fingerprint NOT GLOB '*[^0-9a-f]*'),
    scheme         TEXT NOT NULL,
    material       BLOB NOT NULL,
    sealed_private BLOB NOT NULL,
    created_at     INTEGER NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retired')),
    UNIQUE (repository, role, fingerprint)
) STRICT;

-- Two requests at once must not make two keys that both wait for a root.
CREATE UNIQUE INDEX online_keys_pending ON online_keys (repository, role) WHERE state = 'pending';

-- The change feed. A deleted repository keeps its changes, so the name stands here, not the id.
CREATE TABLE changes (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    at                INTEGER NOT NULL,
    repository        TEXT NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('publish', 'renew', 'delete')),
    actor             TEXT,
    timestamp_version INTEGER,
    timestamp_sha256  TEXT,
    summary           TEXT NOT NULL
) STRICT;

CREATE INDEX changes_repository ON changes (repository, id);
