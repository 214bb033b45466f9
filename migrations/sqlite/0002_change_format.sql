-- Each surface lists the changes of the repositories that it serves. The format stands here, because a deleted repository
-- keeps its changes. Until now there was one format.
ALTER TABLE changes ADD COLUMN format TEXT NOT NULL DEFAULT 'tuf';

CREATE INDEX changes_notary ON changes (id) WHERE format = 'notary';
