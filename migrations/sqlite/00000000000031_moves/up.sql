-- When a meeting that was moved was first to begin, by the wall of that zone; without a time where only the day was known.
CREATE TABLE moves (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    day DATE NOT NULL,
    time TIME,
    zone TEXT NOT NULL
);
INSERT INTO moves (meeting_id, day, zone)
    SELECT occurrences.meeting_id, occurrences.slot, meetings.zone
    FROM occurrences JOIN meetings ON meetings.id = occurrences.meeting_id WHERE meetings.day <> occurrences.slot;

-- By which rule each meeting of a series got its day: those after it may go by another since.
ALTER TABLE occurrences ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE occurrences ADD COLUMN weekday INTEGER NOT NULL DEFAULT 0;
UPDATE occurrences SET
    number = (SELECT series.number FROM series WHERE series.id = occurrences.series_id),
    weekday = (SELECT series.weekday FROM series WHERE series.id = occurrences.series_id);

-- Whether a member gets letters about meetings that they answered: one moves, is cancelled, has a place for them.
ALTER TABLE reminder_choices ADD COLUMN news BOOLEAN NOT NULL DEFAULT TRUE;
