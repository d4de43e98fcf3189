-- Meetings that recur, by which rule: in steps of weeks, on the nth such weekday of a month, on the last one; the months
-- that are left out are a bit each, January the lowest.
CREATE TABLE series (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    step TEXT NOT NULL,
    number INTEGER NOT NULL,
    weekday INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- Which meeting is of which series, the day that the rule gave it, and whether it was changed by hand since.
CREATE TABLE occurrences (
    meeting_id BIGINT PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    series_id BIGINT NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    slot DATE NOT NULL,
    by_hand BOOLEAN NOT NULL
);
CREATE INDEX occurrences_of_series ON occurrences (series_id, slot);
