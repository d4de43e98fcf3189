-- When and how members want to be reminded of meetings; whoever has no row: a day before, both ways.
CREATE TABLE reminder_choices (
    member_id BIGINT PRIMARY KEY NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    week BOOLEAN NOT NULL,
    day BOOLEAN NOT NULL,
    hour BOOLEAN NOT NULL,
    by_mail BOOLEAN NOT NULL,
    on_site BOOLEAN NOT NULL
);

-- Who was reminded of which meeting, how many minutes before which beginning: once each.
CREATE TABLE reminders (
    meeting_id BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    lead INTEGER NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    made_at TIMESTAMP NOT NULL,
    PRIMARY KEY (meeting_id, member_id, lead, starts_at)
);
CREATE INDEX reminders_of_member ON reminders (member_id);
CREATE INDEX meetings_by_start ON meetings (starts_at) WHERE cancelled_reason IS NULL;
