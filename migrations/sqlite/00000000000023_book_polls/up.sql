-- A book poll: members propose books, then rank them, and an instant run-off names the next one. While ballots are open, each
-- stands with its member, who alone sees it; when the poll ends they are counted and removed, and what is kept is the count,
-- round by round (`result`, JSON). Until then nothing here tells of a vote. `is_next` is of the poll whose book the club reads
-- next, at most one.
CREATE TABLE book_polls (
    id INTEGER PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    proposals_each INTEGER NOT NULL,
    host_id INTEGER NOT NULL REFERENCES members (id),
    opened_at TIMESTAMP NOT NULL,
    proposals_until TIMESTAMP NOT NULL,
    ballots_until TIMESTAMP NOT NULL,
    proposals_count INTEGER NOT NULL,
    cancelled_reason TEXT,
    ended_at TIMESTAMP,
    ballots_count INTEGER NOT NULL,
    result TEXT NOT NULL,
    book_id INTEGER REFERENCES books (id),
    thread_id INTEGER REFERENCES threads (id),
    is_next BOOLEAN NOT NULL
);
CREATE INDEX book_polls_by_opened ON book_polls (opened_at);
CREATE INDEX book_polls_open ON book_polls (ballots_until) WHERE ended_at IS NULL AND cancelled_reason IS NULL;
CREATE INDEX book_polls_next ON book_polls (is_next) WHERE is_next;

CREATE TABLE proposals (
    id INTEGER PRIMARY KEY NOT NULL,
    book_poll_id INTEGER NOT NULL REFERENCES book_polls (id),
    member_id INTEGER NOT NULL REFERENCES members (id),
    book_id INTEGER REFERENCES books (id),
    title TEXT NOT NULL,
    authors TEXT NOT NULL,
    find_key TEXT NOT NULL,
    pitch TEXT NOT NULL,
    removed_reason TEXT
);
CREATE UNIQUE INDEX proposals_of_book_poll ON proposals (book_poll_id, find_key);
CREATE INDEX proposals_of_member ON proposals (member_id);

CREATE TABLE ballots (
    book_poll_id INTEGER NOT NULL REFERENCES book_polls (id),
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    ranking TEXT NOT NULL,
    PRIMARY KEY (book_poll_id, member_id)
) WITHOUT ROWID;
CREATE INDEX ballots_of_member ON ballots (member_id);
