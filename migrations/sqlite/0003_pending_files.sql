-- Files that lack signatures, parked until the other signers fetch them; one change of a role at a time. Nobody trusts them.
-- They may wait for a repository that is not published yet, so the name stands here, not the id.
CREATE TABLE pending_files (
    repository TEXT NOT NULL,
    role       TEXT NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    change_id  TEXT NOT NULL CHECK (length(change_id) = 64 AND change_id NOT GLOB '*[^0-9a-f]*'),
    signed_by  TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    parked_at  INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    data       BLOB NOT NULL,
    PRIMARY KEY (repository, role)
) STRICT;

CREATE INDEX pending_files_updated ON pending_files (updated_at);
