-- Files that lack signatures, parked until the other signers fetch them; one change of a role at a time. Nobody trusts them.
-- They may wait for a repository that is not published yet, so the name stands here, not the id.
CREATE TABLE pending_files (
    repository text COLLATE "C" NOT NULL,
    role       text COLLATE "C" NOT NULL,
    version    bigint NOT NULL CHECK (version > 0),
    change_id  text COLLATE "C" NOT NULL CHECK (change_id ~ '^[0-9a-f]{64}$'),
    signed_by  text NOT NULL,
    expires_at timestamptz NOT NULL,
    parked_at  timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    data       bytea NOT NULL,
    PRIMARY KEY (repository, role)
);

CREATE INDEX pending_files_updated ON pending_files (updated_at);
