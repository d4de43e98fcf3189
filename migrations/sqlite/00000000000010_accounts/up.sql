-- Posts whose writer has taken their words away: they keep their number, and nobody brings them back.
ALTER TABLE posts ADD COLUMN withdrawn BOOLEAN NOT NULL DEFAULT FALSE;
