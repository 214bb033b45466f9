-- The tables that notary-server 0.7 expects in PostgreSQL, with the indexes that its reads by hash and its feed need.
CREATE TABLE tuf_files (
  id         serial PRIMARY KEY,
  created_at timestamptz,
  updated_at timestamptz,
  deleted_at timestamptz,
  gun        varchar(255) NOT NULL,
  role       varchar(255) NOT NULL,
  version    integer NOT NULL,
  data       bytea NOT NULL,
  sha256     char(64),
  UNIQUE (gun, role, version)
);
CREATE INDEX tuf_files_by_sha256 ON tuf_files (sha256);

CREATE TABLE changefeed (
  id         serial PRIMARY KEY,
  created_at timestamptz DEFAULT current_timestamp,
  gun        varchar(255) NOT NULL,
  version    integer NOT NULL,
  sha256     char(64),
  category   varchar(20) NOT NULL
);
CREATE INDEX changefeed_by_gun ON changefeed (gun);
