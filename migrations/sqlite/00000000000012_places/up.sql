-- How many places a meeting has, how many guests each may bring, and until when answers are taken. `yes_count` counts the
-- places that are taken, guests included, and `waiting_count` the members who wait for one, in the order of their answers.
ALTER TABLE meetings ADD COLUMN places INTEGER;
ALTER TABLE meetings ADD COLUMN guests INTEGER NOT NULL DEFAULT 0;
ALTER TABLE meetings ADD COLUMN closes_at TIMESTAMP;
ALTER TABLE meetings ADD COLUMN waiting_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rsvps ADD COLUMN guests INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rsvps ADD COLUMN waiting BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX rsvps_of_meeting ON rsvps (meeting_id, answer, waiting, answered_at, member_id);
