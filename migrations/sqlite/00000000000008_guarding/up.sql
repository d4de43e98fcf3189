-- What is asked of members who are new, and how many of each member's first posts wait for a moderator. An empty limit
-- is none; 0 allows nothing.
CREATE TABLE guards (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    new_days INTEGER NOT NULL,
    new_posts INTEGER NOT NULL,
    links INTEGER,
    mentions INTEGER,
    hourly_threads INTEGER,
    hourly_posts INTEGER,
    approve_first INTEGER NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO guards (id, new_days, new_posts, approve_first, version) VALUES (1, 0, 0, 0, 1);

-- Rules about words and links in what members write. One that is removed stays, so that it can come back.
CREATE TABLE filters (
    id INTEGER PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    pattern TEXT NOT NULL,
    act TEXT NOT NULL,
    note TEXT NOT NULL,
    removed BOOLEAN NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX filters_in_force ON filters (id) WHERE NOT removed;

-- Whether each new post of a thread waits for a moderator.
ALTER TABLE threads ADD COLUMN approval BOOLEAN NOT NULL DEFAULT FALSE;

-- What waits for a moderator: a post for a thread, or, without one, a new thread with its first post. Nothing of it is in
-- posts or threads before it is approved.
CREATE TABLE held (
    -- Never used again: a moderator's form that is out of date must not decide on another text.
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    thread_id INTEGER REFERENCES threads (id),
    book_id INTEGER REFERENCES books (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    title_spoils BOOLEAN NOT NULL,
    half_stars INTEGER,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach_book_id INTEGER REFERENCES books (id),
    reach INTEGER,
    also_book_id INTEGER REFERENCES books (id),
    also_reach INTEGER,
    reply_to BIGINT,
    why TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    state TEXT NOT NULL,
    decided_by INTEGER REFERENCES members (id),
    decided_at TIMESTAMP,
    reason TEXT NOT NULL
);
CREATE INDEX held_by_state ON held (state, id);
CREATE INDEX held_of_member ON held (member_id, state, id);

-- Whom members do not want to read.
CREATE TABLE blocks (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    blocked_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    blocked_at TIMESTAMP NOT NULL,
    PRIMARY KEY (member_id, blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_on_member ON blocks (blocked_id);

-- How many texts of a member wait, and how many members they have blocked: kept, so that hardly a page asks for either.
ALTER TABLE members ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN blocks INTEGER NOT NULL DEFAULT 0;
