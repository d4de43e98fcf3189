-- How readers stand to spoilers: whether they mind them at all, in which books they do not, and through which chapter
-- they have caught up with what their bookmark has opened.
ALTER TABLE members ADD COLUMN minds_spoilers BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE bookmarks ADD COLUMN minds_spoilers BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE bookmarks ADD COLUMN caught_up INTEGER NOT NULL DEFAULT 0;
UPDATE bookmarks SET caught_up = position;

-- The edition whose pages the contents carry, and titles of chapters that give something away.
ALTER TABLE books ADD COLUMN paged_edition_id INTEGER REFERENCES editions (id);
ALTER TABLE chapters ADD COLUMN spoils BOOLEAN NOT NULL DEFAULT FALSE;

-- A post can go into a second book. In a thread about a book its own reach names that book, also where it is safe (0),
-- so that one index gives a book's posts in book order.
ALTER TABLE posts ADD COLUMN also_book_id INTEGER REFERENCES books (id);
ALTER TABLE posts ADD COLUMN also_reach INTEGER;
UPDATE posts SET reach = 0, reach_book_id = (SELECT book_id FROM threads WHERE threads.id = posts.thread_id)
    WHERE reach IS NULL AND thread_id IN (SELECT id FROM threads WHERE book_id IS NOT NULL);
CREATE INDEX posts_in_book_order ON posts (reach_book_id, reach, id);
CREATE INDEX posts_also_of_book ON posts (also_book_id, also_reach, id) WHERE also_book_id IS NOT NULL;
CREATE INDEX posts_of_thread_in_book_order ON posts (thread_id, reach, number);
ALTER TABLE revisions ADD COLUMN also_book_id INTEGER;
ALTER TABLE revisions ADD COLUMN also_reach INTEGER;

-- Posts, and threads (post 0), that a member wants to be told of once they have read that far.
CREATE TABLE watches (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    post_id INTEGER NOT NULL,
    watched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (member_id, thread_id, post_id)
) WITHOUT ROWID;

-- What a book holds that some readers want to know of beforehand: the label is open, what exactly is sealed. A member
-- proposes one, and a host confirms it.
CREATE TABLE notices (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach INTEGER,
    writer_id INTEGER REFERENCES members (id),
    written_at TIMESTAMP NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX notices_of_book ON notices (book_id, id);

ALTER TABLE suitabilities ADD COLUMN member_id INTEGER REFERENCES members (id) ON DELETE CASCADE;
CREATE UNIQUE INDEX suitabilities_of_member ON suitabilities (book_id, member_id);
-- The votes of members: how many, and the sum of their years, kept so that no page counts.
ALTER TABLE books ADD COLUMN suitability_votes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE books ADD COLUMN suitability_years INTEGER NOT NULL DEFAULT 0;

-- Whether a book's average shows only to who has finished it, or asks.
ALTER TABLE club ADD COLUMN seals_ratings BOOLEAN NOT NULL DEFAULT FALSE;

-- What members flag. `before` is how far the post went until the report folded it.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    reporter_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    author_id INTEGER REFERENCES members (id),
    position INTEGER,
    before INTEGER,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    reported_at TIMESTAMP NOT NULL,
    settled_by INTEGER REFERENCES members (id),
    settled_at TIMESTAMP
);
CREATE INDEX reports_open ON reports (id) WHERE state = 'open';
CREATE INDEX reports_of_subject ON reports (subject, subject_id, id);
CREATE INDEX reports_of_author ON reports (author_id, id) WHERE state = 'open';
