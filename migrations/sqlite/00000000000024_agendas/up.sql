-- The thread of its own that a meeting has: the one that was made for it, and the one in which its posts are found since
-- threads were merged.
CREATE TABLE talks (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    made_id INTEGER NOT NULL REFERENCES threads (id),
    thread_id INTEGER NOT NULL REFERENCES threads (id)
);
CREATE INDEX talks_of_thread ON talks (thread_id);

-- The post that holds what was said at a meeting.
CREATE TABLE minutes (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL
);

-- What is to be talked about at a meeting: a post that members want there, in its own words or in a host's, or a host's
-- own question. Where nobody has put a post into other words, `html` is empty. `place` is the order
-- that a host has set; without one the weight decides.
CREATE TABLE questions (
    id INTEGER PRIMARY KEY NOT NULL,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    post_id BIGINT,
    added_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    writer_id INTEGER REFERENCES members (id) ON DELETE SET NULL,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach_book_id INTEGER REFERENCES books (id),
    reach INTEGER,
    weight INTEGER NOT NULL,
    place INTEGER,
    off BOOLEAN NOT NULL DEFAULT FALSE,
    added_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX questions_of_meeting ON questions (meeting_id, post_id);

-- Who wants what to be talked about.
CREATE TABLE wishes (
    question_id INTEGER NOT NULL REFERENCES questions (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    PRIMARY KEY (question_id, member_id)
) WITHOUT ROWID;
CREATE INDEX wishes_of_member ON wishes (member_id);
