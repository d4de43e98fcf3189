-- Times are UTC with whole microseconds, bound from Rust. A reach or a bookmark is a chapter's position in its
-- book; 32767 stands for the whole book, however many chapters it turns out to have.

CREATE TABLE members (
    id INTEGER PRIMARY KEY NOT NULL,
    handle TEXT NOT NULL,
    handle_key TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL,
    about TEXT NOT NULL,
    zone TEXT,
    posts_count INTEGER NOT NULL,
    joined_at TIMESTAMP NOT NULL
);
-- Not unique: an address that nobody has confirmed belongs to nobody, and joining must not tell who is here.
CREATE INDEX members_by_email ON members (email_key, id);

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    browser TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_of_member ON sessions (member_id);
CREATE INDEX sessions_by_seen ON sessions (seen_at);

CREATE TABLE limits (
    bucket TEXT PRIMARY KEY NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    taken INTEGER NOT NULL
);
CREATE INDEX limits_by_opened ON limits (opened_at);

CREATE TABLE books (
    id INTEGER PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    authors TEXT NOT NULL,
    find_key TEXT NOT NULL UNIQUE,
    first_published INTEGER,
    genres TEXT NOT NULL,
    chapters_count INTEGER NOT NULL,
    threads_count INTEGER NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE editions (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    publisher TEXT,
    published TEXT,
    statement TEXT,
    pages INTEGER,
    isbn TEXT UNIQUE,
    call_number TEXT
);
CREATE INDEX editions_of_book ON editions (book_id);

CREATE TABLE chapters (
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    title TEXT,
    part TEXT,
    page INTEGER,
    PRIMARY KEY (book_id, position)
) WITHOUT ROWID;

CREATE TABLE club (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    name TEXT NOT NULL,
    tagline TEXT NOT NULL,
    zone TEXT NOT NULL,
    visitors_read BOOLEAN NOT NULL,
    open_to_join BOOLEAN NOT NULL,
    current_book_id INTEGER REFERENCES books (id),
    first_admin_hash TEXT,
    secret TEXT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE bookmarks (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    moved_at TIMESTAMP NOT NULL,
    PRIMARY KEY (member_id, book_id)
) WITHOUT ROWID;

CREATE TABLE sources (
    id INTEGER PRIMARY KEY NOT NULL,
    digest TEXT NOT NULL UNIQUE,
    file TEXT NOT NULL,
    site TEXT,
    byline TEXT,
    published_on DATE,
    address TEXT,
    half_stars INTEGER,
    book_id INTEGER NOT NULL REFERENCES books (id),
    edition_id INTEGER REFERENCES editions (id),
    imported_at TIMESTAMP NOT NULL
);
CREATE INDEX sources_of_book ON sources (book_id);

CREATE TABLE ratings (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    member_id INTEGER REFERENCES members (id) ON DELETE CASCADE,
    source_id INTEGER REFERENCES sources (id),
    byline TEXT,
    half_stars INTEGER NOT NULL CHECK (half_stars BETWEEN 1 AND 10),
    rated_at TIMESTAMP NOT NULL,
    UNIQUE (book_id, member_id)
);

-- How often each rating was given to a book: kept, so that no page counts.
CREATE TABLE rating_counts (
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    half_stars INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (book_id, half_stars)
) WITHOUT ROWID;

-- A book's synopses, quotes and blurbs.
CREATE TABLE passages (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    html TEXT NOT NULL,
    reach INTEGER,
    byline TEXT,
    source_id INTEGER REFERENCES sources (id),
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX passages_of_book ON passages (book_id, kind, id);

CREATE TABLE suitabilities (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    source_id INTEGER REFERENCES sources (id),
    byline TEXT NOT NULL,
    years INTEGER NOT NULL
);
CREATE INDEX suitabilities_of_book ON suitabilities (book_id);

CREATE TABLE threads (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER REFERENCES books (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    title_reach INTEGER,
    reach INTEGER,
    author_id INTEGER REFERENCES members (id),
    byline TEXT,
    source_id INTEGER REFERENCES sources (id),
    half_stars INTEGER,
    created_at TIMESTAMP NOT NULL,
    last_post_at TIMESTAMP NOT NULL,
    last_poster TEXT NOT NULL,
    posts_count INTEGER NOT NULL,
    version BIGINT NOT NULL,
    locked BOOLEAN NOT NULL,
    pinned BOOLEAN NOT NULL
);
CREATE INDEX threads_by_last_post ON threads (last_post_at, id);
CREATE INDEX threads_of_book ON threads (book_id, last_post_at, id);
CREATE INDEX threads_pinned ON threads (last_post_at, id) WHERE pinned;
CREATE INDEX threads_of_author ON threads (author_id, id);

CREATE TABLE posts (
    thread_id INTEGER NOT NULL REFERENCES threads (id),
    number INTEGER NOT NULL,
    id INTEGER NOT NULL UNIQUE,
    author_id INTEGER REFERENCES members (id),
    byline TEXT,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach_book_id INTEGER REFERENCES books (id),
    reach INTEGER,
    reply_to INTEGER,
    half_stars INTEGER,
    written_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP,
    hidden_reason TEXT,
    PRIMARY KEY (thread_id, number)
) WITHOUT ROWID;
CREATE INDEX posts_of_author ON posts (author_id, id);

-- What a post said before it was edited.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY NOT NULL,
    post_id INTEGER NOT NULL,
    html TEXT NOT NULL,
    reach_book_id INTEGER,
    reach INTEGER,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX revisions_of_post ON revisions (post_id, id);

CREATE TABLE meetings (
    id INTEGER PRIMARY KEY NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    book_id INTEGER REFERENCES books (id),
    day DATE NOT NULL,
    time TIME,
    minutes INTEGER,
    zone TEXT NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    place TEXT NOT NULL,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach INTEGER,
    through INTEGER,
    source_id INTEGER REFERENCES sources (id),
    host_id INTEGER REFERENCES members (id),
    -- Whose words the description is; a host may rewrite another's.
    writer_id INTEGER REFERENCES members (id),
    cancelled_reason TEXT,
    sequence INTEGER NOT NULL,
    yes_count INTEGER NOT NULL,
    no_count INTEGER NOT NULL,
    maybe_count INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX meetings_by_end ON meetings (ends_at, id);
CREATE INDEX meetings_of_book ON meetings (book_id, ends_at);

CREATE TABLE rsvps (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    answer TEXT NOT NULL,
    answered_at TIMESTAMP NOT NULL,
    PRIMARY KEY (meeting_id, member_id)
) WITHOUT ROWID;
CREATE INDEX rsvps_of_member ON rsvps (member_id);

-- The moderation log: written in the transaction of the act it tells of, and by nobody changed or removed.
CREATE TABLE actions (
    id INTEGER PRIMARY KEY NOT NULL,
    acted_at TIMESTAMP NOT NULL,
    actor_id INTEGER NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL
);
CREATE TRIGGER actions_are_not_changed BEFORE UPDATE ON actions
BEGIN
    SELECT RAISE(ABORT, 'the moderation log cannot be changed');
END;
CREATE TRIGGER actions_are_not_removed BEFORE DELETE ON actions
BEGIN
    SELECT RAISE(ABORT, 'the moderation log cannot be changed');
END;
