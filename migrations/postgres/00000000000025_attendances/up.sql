-- Who came to a meeting, as its hosts noted it.
CREATE TABLE attendances (
    meeting_id BIGINT NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    PRIMARY KEY (meeting_id, member_id)
);
CREATE INDEX attendances_of_member ON attendances (member_id);

-- How many came: members, and others. There is none where nobody has noted it.
CREATE TABLE turnouts (
    meeting_id BIGINT PRIMARY KEY REFERENCES meetings (id) ON DELETE CASCADE,
    members INTEGER NOT NULL,
    guests INTEGER NOT NULL
);

-- Whether texts up to the reach of a meeting open for those who came; how far each member has heard of a book so, and
-- how far its texts open for them: the farther of that and of where they are. Every query that opens texts goes by `opens`.
ALTER TABLE club ADD COLUMN opens_heard BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE bookmarks ADD COLUMN heard INTEGER;
ALTER TABLE bookmarks ADD COLUMN opens INTEGER GENERATED ALWAYS AS (CASE WHEN heard > "position" THEN heard ELSE "position" END) STORED;

-- Whether hosts read by name how far a member is, for a meeting that they come to.
ALTER TABLE members ADD COLUMN shows_place BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX meetings_by_day ON meetings (day);
