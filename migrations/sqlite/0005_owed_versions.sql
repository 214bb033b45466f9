-- Versions of snapshot and timestamp that may have been published and lost with a restored backup, and could not be left out yet: the next
-- signature of the repository leaves them out.
ALTER TABLE repositories ADD COLUMN owed_versions INTEGER NOT NULL DEFAULT 0;
