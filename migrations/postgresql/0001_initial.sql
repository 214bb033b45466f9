-- One row for each repository; the versions are those of its current top-level files.
-- Every publish updates it: no index but those two, and room on the page, keep the update cheap.
CREATE TABLE repositories (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name              text COLLATE "C" NOT NULL UNIQUE,
    format            text NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    root_version      bigint NOT NULL,
    timestamp_version bigint NOT NULL,
    snapshot_version  bigint NOT NULL,
    targets_version   bigint NOT NULL,
    root_expires      timestamptz NOT NULL,
    timestamp_expires timestamptz NOT NULL,
    snapshot_expires  timestamptz NOT NULL,
    targets_expires   timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Published files. Rows are inserted and deleted, never updated.
CREATE TABLE metadata_files (
    repository_id bigint NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
    role          text COLLATE "C" NOT NULL,
    version       bigint NOT NULL CHECK (version > 0),
    sha256        text COLLATE "C" NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    length        integer NOT NULL CHECK (length = octet_length(data)),
    expires_at    timestamptz NOT NULL,
    created_at    timestamptz NOT NULL,
    data          bytea NOT NULL,
    PRIMARY KEY (repository_id, role, version)
);

-- Metadata is mostly hashes: compressing it costs more time than it saves space.
ALTER TABLE metadata_files ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE INDEX metadata_files_sha256 ON metadata_files (repository_id, sha256);

-- Keys of snapshot and timestamp. A key is made before its repository exists, so the name stands here, not the id.
CREATE TABLE online_keys (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository     text COLLATE "C" NOT NULL,
    role           text COLLATE "C" NOT NULL CHECK (role IN ('snapshot', 'timestamp')),
    fingerprint    text COLLATE "C" NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{64}$'),
    scheme         text NOT NULL,
    material       bytea NOT NULL,
    sealed_private bytea NOT NULL,
    created_at     timestamptz NOT NULL,
    state          text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'active', 'retired')),
    UNIQUE (repository, role, fingerprint)
);

-- Two requests at once must not make two keys that both wait for a root.
CREATE UNIQUE INDEX online_keys_pending ON online_keys (repository, role) WHERE state = 'pending';

-- The change feed. A deleted repository keeps its changes, so the name stands here, not the id.
CREATE TABLE changes (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at                timestamptz NOT NULL,
    repository        text COLLATE "C" NOT NULL,
    kind              text COLLATE "C" NOT NULL CHECK (kind IN ('publish', 'renew', 'delete')),
    actor             text,
    timestamp_version bigint,
    timestamp_sha256  text,
    summary           text NOT NULL
);

CREATE INDEX changes_repository ON changes (repository, id);
