-- When a meeting was last changed: what calendars go by. And what opens a member's own calendar, as a hash.
ALTER TABLE meetings ADD COLUMN changed_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
UPDATE meetings SET changed_at = created_at;
ALTER TABLE members ADD COLUMN calendar_hash TEXT;
CREATE UNIQUE INDEX members_by_calendar ON members (calendar_hash) WHERE calendar_hash IS NOT NULL;
