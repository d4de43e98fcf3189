-- What a club says to who is new and what its rules are, in Markdown and as HTML; the colour of its ribbon; its own
-- limits, where it has any; whether its first steps are done; its mail.
ALTER TABLE club ADD COLUMN ribbon TEXT NOT NULL DEFAULT 'oxblood';
ALTER TABLE club ADD COLUMN posts_an_hour INTEGER;
ALTER TABLE club ADD COLUMN threads_an_hour INTEGER;
ALTER TABLE club ADD COLUMN is_set_up BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE club ADD COLUMN mail_url TEXT;
ALTER TABLE club ADD COLUMN mail_password TEXT;
ALTER TABLE club ADD COLUMN mail_sender TEXT;
ALTER TABLE club ADD COLUMN welcome TEXT NOT NULL DEFAULT '';
ALTER TABLE club ADD COLUMN welcome_html TEXT NOT NULL DEFAULT '';
ALTER TABLE club ADD COLUMN rules TEXT NOT NULL DEFAULT '';
ALTER TABLE club ADD COLUMN rules_html TEXT NOT NULL DEFAULT '';

-- As what somebody acted: as a moderator, a host, an admin, a member. Lines of before say nothing of it.
ALTER TABLE actions ADD COLUMN office TEXT;
CREATE INDEX actions_by_time ON actions (acted_at, id);

-- The sentences that forms offer where they ask why.
CREATE TABLE reasons (
    id INTEGER PRIMARY KEY NOT NULL,
    words TEXT NOT NULL UNIQUE
);
INSERT INTO reasons (words) VALUES ('spam'), ('off topic'), ('unkind'), ('a spoiler without a fold'), ('copyright');

-- Saved pages on their way in, kept a day.
CREATE TABLE uploads (
    id INTEGER PRIMARY KEY NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    file TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    bytes BLOB NOT NULL
);
CREATE INDEX uploads_by_time ON uploads (made_at);
CREATE INDEX uploads_of_member ON uploads (member_id);
CREATE INDEX threads_of_source ON threads (source_id) WHERE source_id IS NOT NULL;
