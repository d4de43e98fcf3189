-- At which address a meeting is held, or can be joined from elsewhere; and who gets to see it: everybody, or who comes.
CREATE TABLE calls (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    audience TEXT NOT NULL
);
