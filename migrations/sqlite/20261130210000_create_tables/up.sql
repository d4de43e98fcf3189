-- The tables of Chapterhouse.
--
-- Times are UTC with whole microseconds, set by the program. Days and times of day without a zone are those of the zone
-- next to them.
-- A position is the number of a chapter in its book, read to its end: 0 is before the first, and 32767 is the whole
-- book, however many chapters it turns out to have.
-- A reach is a position up to which a text contains spoilers: null or 0 is no spoilers, and a position without a book
-- is an unknown reach, which opens only on request. `also_book_id` and `also_reach` are the same for a second book.
-- A hidden_reason is why a moderator has hidden the text; null: not hidden. A byline is the author of an imported text,
-- who isn't a member. markdown is a text as its author wrote it, and html is the same text rendered.
-- A version rises with every change, so that cached pages and outdated forms are noticed.
-- Subjects are kinds of rows, such as 'post' or 'meeting', and subject_id is the row's id. It isn't a foreign key,
-- since the row may be gone.
-- With AUTOINCREMENT, the id of a deleted row is never reused: links, calendars and the log still name it.
-- An index is named after its table and columns; `where` in its name says which rows a partial index has.

-- Core: the club, its members and rate limits

-- The club. There is one row.
CREATE TABLE club (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    name TEXT NOT NULL,
    -- Empty: none.
    tagline TEXT NOT NULL,
    -- The IANA time zone of its meetings and dates.
    zone TEXT NOT NULL,
    visitors_can_read BOOLEAN NOT NULL,
    -- The book that the club reads now.
    current_book_id INTEGER REFERENCES books (id),
    -- The hash of the token with which the first admin signs up; null once it is used.
    first_admin_hash TEXT,
    -- Signs forms and links of this club.
    secret TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- Whether a book's average rating is hidden until a member has finished the book.
    hides_ratings BOOLEAN NOT NULL DEFAULT FALSE,
    -- oxblood, rust, ochre, moss, sea, sky, violet or plum.
    accent_color TEXT NOT NULL DEFAULT 'oxblood',
    -- How many posts a member may write in an hour; null: the server's default, 0: unlimited.
    posts_per_hour INTEGER,
    -- How many threads a member may start in an hour; null: the server's default, 0: unlimited.
    threads_per_hour INTEGER,
    -- Whether an admin has finished or dismissed the first steps.
    is_set_up BOOLEAN NOT NULL DEFAULT FALSE,
    -- The mail server that admins have set, without its password; the one in the server's settings takes precedence.
    mail_url TEXT,
    mail_password TEXT,
    mail_sender TEXT,
    -- Markdown; empty: none.
    welcome TEXT NOT NULL DEFAULT '',
    welcome_html TEXT NOT NULL DEFAULT '',
    -- The house rules, in Markdown; empty: none.
    rules TEXT NOT NULL DEFAULT '',
    rules_html TEXT NOT NULL DEFAULT '',
    -- Who can join: nobody (closed), everybody (open), people with an invite link (invitation), or people whom a
    -- moderator approves (approval).
    registration TEXT NOT NULL DEFAULT 'open',
    -- What people are asked when they ask to join; empty: nothing.
    registration_question TEXT NOT NULL DEFAULT '',
    -- Whether members who attended a meeting can read everything up to the chapter it went through.
    attendance_unlocks BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX index_club_on_current_book_id ON club (current_book_id);

-- A person with an account, or one who asks for it.
CREATE TABLE members (
    id INTEGER PRIMARY KEY NOT NULL,
    -- The username as its owner spells it.
    handle TEXT NOT NULL,
    -- The username as it is compared and sorted.
    handle_key TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    -- The email address as it is compared.
    email_key TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    -- member, host, moderator or admin.
    role TEXT NOT NULL,
    -- What members say about themselves, as plain text.
    about TEXT NOT NULL,
    -- An IANA time zone; null: the club's.
    zone TEXT,
    posts_count INTEGER NOT NULL,
    joined_at TIMESTAMP NOT NULL,
    -- Whether texts past the member's bookmarks are folded for them.
    hides_spoilers BOOLEAN NOT NULL DEFAULT TRUE,
    -- active, waiting (for approval), declined, or former (has closed the account).
    state TEXT NOT NULL DEFAULT 'active',
    -- The latest end of the sanctions in force, copied here so that no request has to look for them.
    silenced_until TIMESTAMP,
    suspended_until TIMESTAMP,
    -- How many notifications the member hasn't seen.
    unread_count INTEGER NOT NULL DEFAULT 0,
    -- How many of the member's posts are in the approval queue.
    pending_count INTEGER NOT NULL DEFAULT 0,
    -- How many members this one has blocked.
    blocks_count INTEGER NOT NULL DEFAULT 0,
    -- Why `about` is hidden.
    hidden_reason TEXT,
    -- How many report cases about the member's texts were upheld.
    upheld_count INTEGER NOT NULL DEFAULT 0,
    -- The invite link with which the member joined.
    invitation_id INTEGER REFERENCES invitations (id),
    -- The answer to the club's registration question; empty: none.
    application_answer TEXT NOT NULL DEFAULT '',
    -- The moderator who approved the application.
    approved_by INTEGER REFERENCES members (id),
    declined_reason TEXT,
    -- The hash of the token in the member's calendar link; null: no link.
    calendar_hash TEXT,
    -- Whether hosts see the member's bookmark for meetings that the member attends.
    shares_progress BOOLEAN NOT NULL DEFAULT FALSE,
    -- Null: the member hasn't confirmed the email address yet.
    email_confirmed_at TIMESTAMP
);
-- Several members may give the same address, but only one can confirm it: joining must not tell who has an account.
CREATE INDEX index_members_on_email_key_and_id ON members (email_key, id);
CREATE UNIQUE INDEX index_members_on_email_key_where_confirmed
    ON members (email_key) WHERE email_confirmed_at IS NOT NULL;
CREATE INDEX index_members_on_state_and_id ON members (state, id);
CREATE INDEX index_members_on_role_and_id ON members (role, id);
CREATE INDEX index_members_on_id_where_silenced ON members (id) WHERE silenced_until IS NOT NULL;
CREATE INDEX index_members_on_id_where_suspended ON members (id) WHERE suspended_until IS NOT NULL;
CREATE INDEX index_members_on_invitation_id ON members (invitation_id);
CREATE INDEX index_members_on_approved_by ON members (approved_by);
CREATE UNIQUE INDEX index_members_on_calendar_hash ON members (calendar_hash) WHERE calendar_hash IS NOT NULL;

-- How often something was done within an hour, so that limits hold across instances and restarts.
CREATE TABLE rate_limits (
    -- What is limited, and for whom: 'post:12'.
    bucket TEXT PRIMARY KEY NOT NULL,
    -- When the hour began.
    started_at TIMESTAMP NOT NULL,
    used INTEGER NOT NULL
);
CREATE INDEX index_rate_limits_on_started_at ON rate_limits (started_at);

-- Accounts: sessions, invite links, email links, sanctions, blocks and staff notes

-- A browser in which a member is signed in.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- 'Firefox on Linux'.
    browser TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    seen_at TIMESTAMP NOT NULL
);
CREATE INDEX index_sessions_on_member_id ON sessions (member_id);
CREATE INDEX index_sessions_on_created_at ON sessions (created_at);
CREATE INDEX index_sessions_on_seen_at ON sessions (seen_at);

-- An invite link.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    -- For moderators; empty: none.
    note TEXT NOT NULL,
    -- How many people can join with the link, and how many have.
    max_uses INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES members (id),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX index_invitations_on_created_by ON invitations (created_by);

-- A link in an email with which a member confirms an address or sets a new password.
CREATE TABLE email_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    -- confirm or reset.
    kind TEXT NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- The address that the email went to, as in members.email_key.
    address_key TEXT NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX index_email_links_on_member_id ON email_links (member_id);
CREATE INDEX index_email_links_on_expires_at ON email_links (expires_at);

-- A warning, or a limit on what a member can do. What is in force is copied to members.silenced_until and
-- members.suspended_until.
CREATE TABLE sanctions (
    id INTEGER PRIMARY KEY NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- warning, silence, suspension or closure.
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    given_by INTEGER NOT NULL REFERENCES members (id),
    -- The role of that member at the time.
    given_as TEXT NOT NULL,
    given_at TIMESTAMP NOT NULL,
    -- Null: in force until it is lifted.
    expires_at TIMESTAMP,
    -- When the member confirmed that they have read a warning.
    confirmed_at TIMESTAMP,
    lifted_by INTEGER REFERENCES members (id),
    lifted_at TIMESTAMP
);
CREATE INDEX index_sanctions_on_member_id_and_id ON sanctions (member_id, id);
CREATE INDEX index_sanctions_on_given_by ON sanctions (given_by);
CREATE INDEX index_sanctions_on_lifted_by ON sanctions (lifted_by);

-- A member who doesn't want to read another one.
CREATE TABLE blocks (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    blocked_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    blocked_at TIMESTAMP NOT NULL,
    PRIMARY KEY (member_id, blocked_id)
) WITHOUT ROWID;
CREATE INDEX index_blocks_on_blocked_id ON blocks (blocked_id);

-- What a moderator writes about a member to other moderators. Nobody edits or deletes it.
CREATE TABLE staff_notes (
    id INTEGER PRIMARY KEY NOT NULL,
    -- The member whom the note is about.
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL REFERENCES members (id),
    body TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX index_staff_notes_on_member_id_and_id ON staff_notes (member_id, id);
CREATE INDEX index_staff_notes_on_author_id ON staff_notes (author_id);

-- Library: books, their contents, bookmarks, ratings and what is said about a book

-- A book.
CREATE TABLE books (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    title TEXT NOT NULL,
    -- 'Neil Gaiman and Terry Pratchett'.
    authors TEXT NOT NULL,
    -- Title and authors as they are compared, so that a book isn't added twice.
    lookup_key TEXT NOT NULL UNIQUE,
    -- A year.
    first_published INTEGER,
    -- Separated by commas.
    genres TEXT NOT NULL,
    -- 0: no contents; the book counts as one chapter.
    chapters_count INTEGER NOT NULL,
    -- How many threads about it have a visible post.
    threads_count INTEGER NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- The edition from which the page numbers of the chapters are.
    paged_edition_id INTEGER REFERENCES editions (id),
    -- How many members have given an age rating, and the sum of their years.
    age_rating_votes INTEGER NOT NULL DEFAULT 0,
    age_rating_years INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX index_books_on_paged_edition_id ON books (paged_edition_id);

-- An edition of a book.
CREATE TABLE editions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    publisher TEXT,
    -- A year, a month or a day (ISO 8601).
    published TEXT,
    -- The edition as the book states it: '1st American ed'.
    statement TEXT,
    -- How many.
    pages INTEGER,
    -- ISBN-13 without hyphens.
    isbn TEXT UNIQUE,
    -- A library's call number.
    call_number TEXT
);
CREATE INDEX index_editions_on_book_id ON editions (book_id);

-- A chapter of a book.
CREATE TABLE chapters (
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    title TEXT,
    -- The part of the book to which it belongs.
    part TEXT,
    -- The page on which it begins, in the edition of books.paged_edition_id.
    page INTEGER,
    -- Whether the title is a spoiler.
    title_spoils BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (book_id, position)
) WITHOUT ROWID;

-- An imported page.
CREATE TABLE sources (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The fingerprint (SHA-256) of the page, so that it is imported once.
    digest TEXT NOT NULL UNIQUE,
    -- The name of the file.
    file TEXT NOT NULL,
    -- The name of the website.
    site TEXT,
    byline TEXT,
    published_on DATE,
    -- The URL.
    address TEXT,
    -- The average rating on that site, in half stars.
    half_stars INTEGER,
    book_id INTEGER NOT NULL REFERENCES books (id),
    edition_id INTEGER REFERENCES editions (id),
    imported_at TIMESTAMP NOT NULL
);
CREATE INDEX index_sources_on_book_id ON sources (book_id);
CREATE INDEX index_sources_on_edition_id ON sources (edition_id);

-- How far a member has read in a book.
CREATE TABLE bookmarks (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    -- When the member last moved it.
    moved_at TIMESTAMP NOT NULL,
    -- Whether texts past the bookmark are folded; members.hides_spoilers can turn that off for all books.
    hides_spoilers BOOLEAN NOT NULL DEFAULT TRUE,
    -- The position up to which the member has read the posts that the bookmark unlocked.
    caught_up INTEGER NOT NULL DEFAULT 0,
    -- The position up to which the meetings went that the member attended, if the club's attendance_unlocks is on.
    attended_position INTEGER,
    -- The position up to which texts open for the member: the farther of the two. Queries that open texts use this one.
    unlocked_position INTEGER GENERATED ALWAYS AS (
        CASE WHEN attended_position > position THEN attended_position ELSE position END
    ) VIRTUAL,
    PRIMARY KEY (member_id, book_id)
) WITHOUT ROWID;
CREATE INDEX index_bookmarks_on_book_id ON bookmarks (book_id);

-- A rating of a book, by a member or from an imported page.
CREATE TABLE ratings (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    -- Null: imported.
    member_id INTEGER REFERENCES members (id) ON DELETE CASCADE,
    source_id INTEGER REFERENCES sources (id),
    byline TEXT,
    half_stars INTEGER NOT NULL CHECK (half_stars BETWEEN 1 AND 10),
    rated_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX index_ratings_on_book_id_and_member_id ON ratings (book_id, member_id);
CREATE INDEX index_ratings_on_member_id ON ratings (member_id);
CREATE INDEX index_ratings_on_source_id ON ratings (source_id);

-- How many times a book was given a rating, so that no page has to count.
CREATE TABLE rating_counts (
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    half_stars INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (book_id, half_stars)
) WITHOUT ROWID;

-- A synopsis, quote or blurb of a book, from an imported page.
CREATE TABLE excerpts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    -- synopsis, quote or blurb.
    kind TEXT NOT NULL,
    html TEXT NOT NULL,
    reach INTEGER,
    byline TEXT,
    source_id INTEGER REFERENCES sources (id),
    written_at TIMESTAMP NOT NULL,
    hidden_reason TEXT
);
CREATE INDEX index_excerpts_on_book_id_and_id ON excerpts (book_id, id);
CREATE INDEX index_excerpts_on_source_id ON excerpts (source_id);

-- From which age on somebody finds a book suitable: a member or an imported page.
CREATE TABLE age_ratings (
    id INTEGER PRIMARY KEY NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    source_id INTEGER REFERENCES sources (id),
    -- Empty for a member.
    byline TEXT NOT NULL,
    -- Years of age.
    years INTEGER NOT NULL,
    -- Null: imported.
    member_id INTEGER REFERENCES members (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX index_age_ratings_on_book_id_and_member_id ON age_ratings (book_id, member_id);
CREATE INDEX index_age_ratings_on_source_id ON age_ratings (source_id);
CREATE INDEX index_age_ratings_on_member_id ON age_ratings (member_id);

-- Something that some readers want to know before they begin a book. A member suggests it, and a host confirms it.
CREATE TABLE content_warnings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    book_id INTEGER NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    -- 'violence': open to everybody once it is confirmed.
    label TEXT NOT NULL,
    -- The details, which are folded.
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach INTEGER,
    author_id INTEGER REFERENCES members (id),
    written_at TIMESTAMP NOT NULL,
    -- proposed, confirmed or declined.
    state TEXT NOT NULL,
    hidden_reason TEXT
);
CREATE INDEX index_content_warnings_on_book_id_and_id ON content_warnings (book_id, id);
CREATE INDEX index_content_warnings_on_author_id ON content_warnings (author_id);

-- Forum: threads, posts and what belongs to them

-- A discussion of a book or of the club. A review is a thread that opens with one.
CREATE TABLE threads (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- Null: the thread is about the club.
    book_id INTEGER REFERENCES books (id),
    -- discussion or review.
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    title_reach INTEGER,
    -- The reach that posts have unless they say otherwise.
    reach INTEGER,
    -- Null: imported.
    author_id INTEGER REFERENCES members (id),
    byline TEXT,
    source_id INTEGER REFERENCES sources (id),
    -- The rating of a review.
    half_stars INTEGER,
    created_at TIMESTAMP NOT NULL,
    last_post_at TIMESTAMP NOT NULL,
    -- The name of the author of the last post.
    last_poster TEXT NOT NULL,
    posts_count INTEGER NOT NULL,
    version BIGINT NOT NULL,
    locked BOOLEAN NOT NULL,
    pinned BOOLEAN NOT NULL,
    -- Shown on the locked thread.
    lock_reason TEXT,
    -- Whether new posts go to the approval queue.
    requires_approval BOOLEAN NOT NULL DEFAULT FALSE,
    -- The reach into a book from which the thread was moved away.
    also_book_id INTEGER REFERENCES books (id),
    also_reach INTEGER,
    title_also_book_id INTEGER REFERENCES books (id),
    title_also_reach INTEGER,
    -- Null: pinned until it is unpinned.
    pinned_until TIMESTAMP,
    -- The thread into which this one was merged, which has its posts now.
    merged_into INTEGER REFERENCES threads (id),
    -- The member who started or renamed the thread; null: unknown, and the title opens only on request.
    title_author_id INTEGER REFERENCES members (id),
    -- Whether any of its posts is visible. If not, only moderators find the thread in lists.
    visible BOOLEAN NOT NULL DEFAULT TRUE
);
CREATE INDEX index_threads_on_last_post_at_and_id ON threads (last_post_at, id);
CREATE INDEX index_threads_on_last_post_at_and_id_where_pinned ON threads (last_post_at, id) WHERE pinned;
CREATE INDEX index_threads_on_book_id_and_last_post_at_and_id ON threads (book_id, last_post_at, id);
CREATE INDEX index_threads_on_also_book_id ON threads (also_book_id) WHERE also_book_id IS NOT NULL;
CREATE INDEX index_threads_on_title_also_book_id ON threads (title_also_book_id) WHERE title_also_book_id IS NOT NULL;
CREATE INDEX index_threads_on_author_id_and_id ON threads (author_id, id);
CREATE INDEX index_threads_on_title_author_id_and_id ON threads (title_author_id, id);
CREATE INDEX index_threads_on_source_id ON threads (source_id) WHERE source_id IS NOT NULL;
CREATE INDEX index_threads_on_merged_into ON threads (merged_into) WHERE merged_into IS NOT NULL;

-- Posts that were split off from a thread. Both threads say so.
CREATE TABLE moved_posts (
    -- The thread that has them now.
    into_id INTEGER NOT NULL REFERENCES threads (id),
    -- The post of the old thread after which they were.
    after_id BIGINT NOT NULL,
    -- The thread that had them.
    from_id INTEGER NOT NULL REFERENCES threads (id),
    -- How many posts.
    count INTEGER NOT NULL,
    PRIMARY KEY (into_id, after_id)
) WITHOUT ROWID;
CREATE INDEX index_moved_posts_on_from_id_and_after_id ON moved_posts (from_id, after_id);

-- A text in a thread.
CREATE TABLE posts (
    thread_id INTEGER NOT NULL REFERENCES threads (id),
    -- From 1.
    number INTEGER NOT NULL,
    -- Stays when the post moves to another thread.
    id INTEGER NOT NULL UNIQUE,
    -- Null: imported.
    author_id INTEGER REFERENCES members (id),
    byline TEXT,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    -- The book of the thread, even if the post has no spoilers, so that one index has a book's posts in the order of
    -- its chapters.
    reach_book_id INTEGER REFERENCES books (id),
    reach INTEGER,
    -- The post to which this one replies.
    reply_to INTEGER,
    -- The rating in an imported comment.
    half_stars INTEGER,
    written_at TIMESTAMP NOT NULL,
    edited_at TIMESTAMP,
    hidden_reason TEXT,
    also_book_id INTEGER REFERENCES books (id),
    also_reach INTEGER,
    -- Whether the author has removed the text. The post keeps its number, and nobody can restore it.
    withdrawn BOOLEAN NOT NULL DEFAULT FALSE,
    -- The book whose chapters the spoilers within the text name: the thread's when the post was written.
    spoilers_book_id INTEGER REFERENCES books (id),
    PRIMARY KEY (thread_id, number)
) WITHOUT ROWID;
CREATE INDEX index_posts_on_thread_id_and_reach_and_number ON posts (thread_id, reach, number);
CREATE INDEX index_posts_on_author_id_and_id ON posts (author_id, id);
CREATE INDEX index_posts_on_reach_book_id_and_reach_and_id ON posts (reach_book_id, reach, id);
CREATE INDEX index_posts_on_also_book_id_and_also_reach_and_id
    ON posts (also_book_id, also_reach, id) WHERE also_book_id IS NOT NULL;
CREATE INDEX index_posts_on_spoilers_book_id ON posts (spoilers_book_id);
-- Posts are stored in the order of their thread instead of their ids, so AUTOINCREMENT can't give them. The program
-- takes the next one, and this row and trigger remember the highest id that was deleted.
INSERT INTO sqlite_sequence (name, seq) VALUES ('posts', 0);
CREATE TRIGGER remember_deleted_post_id AFTER DELETE ON posts
BEGIN
    UPDATE sqlite_sequence SET seq = max(seq, OLD.id) WHERE name = 'posts';
END;

-- An earlier version of a post.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY NOT NULL,
    post_id INTEGER NOT NULL,
    html TEXT NOT NULL,
    reach_book_id INTEGER,
    reach INTEGER,
    written_at TIMESTAMP NOT NULL,
    also_book_id INTEGER,
    also_reach INTEGER
);
CREATE INDEX index_revisions_on_post_id_and_id ON revisions (post_id, id);

-- A post that quotes another one.
CREATE TABLE quotes (
    post_id INTEGER NOT NULL,
    quoted_id INTEGER NOT NULL,
    PRIMARY KEY (post_id, quoted_id)
) WITHOUT ROWID;
CREATE INDEX index_quotes_on_quoted_id ON quotes (quoted_id);

-- A folded post or thread of which a member wants to be reminded when they have read that far.
CREATE TABLE watches (
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    -- 0: the whole thread.
    post_id INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (member_id, thread_id, post_id)
) WITHOUT ROWID;
CREATE INDEX index_watches_on_thread_id_and_post_id ON watches (thread_id, post_id);

-- Events: meetings, series, RSVPs, reminders, agendas, attendance and reading plans

-- A meeting of the club.
CREATE TABLE meetings (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- The UID in calendars (RFC 5545).
    uid TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    -- The book it is about.
    book_id INTEGER REFERENCES books (id),
    -- Local day and time in its zone; without a time, only the day is known.
    day DATE NOT NULL,
    time TIME,
    -- Null: its length isn't known.
    duration_minutes INTEGER,
    -- An IANA time zone.
    zone TEXT NOT NULL,
    -- Derived from the columns above, and again when the rules of time zones change.
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    -- The venue; empty: none.
    place TEXT NOT NULL,
    -- The description; empty: none.
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach INTEGER,
    -- The position up to which members should read for it.
    through INTEGER,
    source_id INTEGER REFERENCES sources (id),
    host_id INTEGER REFERENCES members (id),
    -- Who wrote the description; any host can rewrite it.
    author_id INTEGER REFERENCES members (id),
    -- Null: not cancelled.
    cancelled_reason TEXT,
    -- Rises with each change that calendars need to know (RFC 5545, 3.8.7.4).
    sequence INTEGER NOT NULL,
    -- How many places are taken, guests included.
    yes_count INTEGER NOT NULL,
    no_count INTEGER NOT NULL,
    maybe_count INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- Why the description is hidden.
    hidden_reason TEXT,
    -- When it last changed, for calendars.
    changed_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00',
    -- How many people fit, guests included; null: no limit.
    capacity INTEGER,
    -- How many guests a member may bring.
    guests_allowed INTEGER NOT NULL DEFAULT 0,
    -- Null: until the meeting ends.
    rsvp_until TIMESTAMP,
    -- How many members are on the waiting list.
    waitlist_count INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX index_meetings_on_ends_at_and_id ON meetings (ends_at, id);
CREATE INDEX index_meetings_on_starts_at_where_not_cancelled ON meetings (starts_at) WHERE cancelled_reason IS NULL;
CREATE INDEX index_meetings_on_day_and_id ON meetings (day, id);
CREATE INDEX index_meetings_on_book_id_and_ends_at_and_id ON meetings (book_id, ends_at, id);
CREATE INDEX index_meetings_on_source_id ON meetings (source_id);
CREATE INDEX index_meetings_on_host_id ON meetings (host_id);
CREATE INDEX index_meetings_on_author_id ON meetings (author_id);

-- The address at which people join a meeting online.
CREATE TABLE video_links (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    -- The URL.
    address TEXT NOT NULL,
    -- Who sees it: everybody (all) or attendees (coming).
    audience TEXT NOT NULL
);

-- The rule by which meetings repeat.
CREATE TABLE series (
    id INTEGER PRIMARY KEY NOT NULL,
    -- Every few weeks (weeks), or each month on a weekday of the month, such as the third Tuesday (nth) or the last
    -- (last).
    freq TEXT NOT NULL,
    -- weeks: every how many weeks; nth: which of the weekdays in the month, from 1; last: 0.
    interval INTEGER NOT NULL,
    -- 0 is Monday.
    by_weekday INTEGER NOT NULL,
    -- Months without a meeting, one bit each: January is the lowest.
    skipped_months INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- A meeting of a series.
CREATE TABLE occurrences (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    series_id INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    -- The day that the rule gave it.
    scheduled_day DATE NOT NULL,
    -- Whether a host has changed this meeting apart from the series.
    is_exception BOOLEAN NOT NULL,
    -- The rule that gave it the day, as in the series; later meetings may follow another one by now.
    interval INTEGER NOT NULL DEFAULT 0,
    by_weekday INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX index_occurrences_on_series_id_and_scheduled_day ON occurrences (series_id, scheduled_day);

-- When a meeting that was moved would have begun at first.
CREATE TABLE meeting_changes (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    day DATE NOT NULL,
    -- Null: only the day was known.
    time TIME,
    zone TEXT NOT NULL
);

-- A member's answer to a meeting.
CREATE TABLE rsvps (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- yes, no or maybe.
    answer TEXT NOT NULL,
    -- The waiting list goes by it.
    answered_at TIMESTAMP NOT NULL,
    -- How many the member brings.
    guests INTEGER NOT NULL DEFAULT 0,
    -- Whether the member is on the waiting list.
    waitlisted BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (meeting_id, member_id)
) WITHOUT ROWID;
CREATE INDEX index_rsvps_on_meeting_id_and_answer_and_waitlisted
    ON rsvps (meeting_id, answer, waitlisted, answered_at, member_id);
CREATE INDEX index_rsvps_on_member_id ON rsvps (member_id);

-- When and how a member wants to be reminded of meetings. Without a row: a day before, in both ways, with updates.
CREATE TABLE reminder_choices (
    member_id INTEGER PRIMARY KEY NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- How long before the meeting.
    week BOOLEAN NOT NULL,
    day BOOLEAN NOT NULL,
    hour BOOLEAN NOT NULL,
    by_email BOOLEAN NOT NULL,
    -- By a notification.
    on_site BOOLEAN NOT NULL,
    -- Whether the member gets emails when a meeting moves, is cancelled, or has a place for them.
    meeting_updates BOOLEAN NOT NULL DEFAULT TRUE
);

-- A reminder that a member got, so that nobody gets it twice.
CREATE TABLE reminders (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- How many minutes before the start.
    lead INTEGER NOT NULL,
    -- When the meeting was to start at that time.
    starts_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (meeting_id, member_id, lead, starts_at)
);
CREATE INDEX index_reminders_on_member_id ON reminders (member_id);
CREATE INDEX index_reminders_on_starts_at ON reminders (starts_at);

-- The thread of a meeting.
CREATE TABLE meeting_threads (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    -- The thread that was started for the meeting.
    original_thread_id INTEGER NOT NULL REFERENCES threads (id),
    -- The thread that has its posts now: another one if threads were merged.
    thread_id INTEGER NOT NULL REFERENCES threads (id)
);
CREATE INDEX index_meeting_threads_on_original_thread_id ON meeting_threads (original_thread_id);
CREATE INDEX index_meeting_threads_on_thread_id ON meeting_threads (thread_id);

-- The post with what was said at a meeting.
CREATE TABLE minutes (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    post_id BIGINT NOT NULL
);
CREATE INDEX index_minutes_on_post_id ON minutes (post_id);

-- Something to talk about at a meeting: a post, or a host's question.
CREATE TABLE agenda_items (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    -- Null: a host's question.
    post_id BIGINT,
    added_by INTEGER REFERENCES members (id) ON DELETE SET NULL,
    -- The host who wrote the text.
    author_id INTEGER REFERENCES members (id) ON DELETE SET NULL,
    -- A host's own words; empty: the post's text is shown.
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach_book_id INTEGER REFERENCES books (id),
    reach INTEGER,
    -- How many members voted for it.
    votes_count INTEGER NOT NULL,
    -- The place in the order that a host has set; null: sorted by votes, after those that have one.
    sort_order INTEGER,
    -- Whether a host has removed it. It can be restored.
    removed BOOLEAN NOT NULL DEFAULT FALSE,
    added_at TIMESTAMP NOT NULL,
    -- Why a host's words are hidden.
    hidden_reason TEXT
);
CREATE UNIQUE INDEX index_agenda_items_on_meeting_id_and_post_id ON agenda_items (meeting_id, post_id);
CREATE INDEX index_agenda_items_on_post_id ON agenda_items (post_id);
CREATE INDEX index_agenda_items_on_added_by ON agenda_items (added_by);
CREATE INDEX index_agenda_items_on_author_id ON agenda_items (author_id);
CREATE INDEX index_agenda_items_on_reach_book_id ON agenda_items (reach_book_id);

-- A member's vote for an agenda item.
CREATE TABLE agenda_votes (
    item_id INTEGER NOT NULL REFERENCES agenda_items (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    PRIMARY KEY (item_id, member_id)
) WITHOUT ROWID;
CREATE INDEX index_agenda_votes_on_member_id ON agenda_votes (member_id);

-- A member who attended a meeting, as a host recorded it.
CREATE TABLE attendance (
    meeting_id INTEGER NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    PRIMARY KEY (meeting_id, member_id)
) WITHOUT ROWID;
CREATE INDEX index_attendance_on_member_id ON attendance (member_id);

-- How many people attended a meeting. Without a row, nobody has recorded the attendance.
CREATE TABLE attendance_counts (
    meeting_id INTEGER PRIMARY KEY NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
    members_count INTEGER NOT NULL,
    guests_count INTEGER NOT NULL
);

-- The plan by which the club reads a book.
CREATE TABLE reading_plans (
    book_id INTEGER PRIMARY KEY NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    -- The meeting for which the club reads; null: only a day was chosen.
    meeting_id INTEGER REFERENCES meetings (id) ON DELETE SET NULL,
    -- The last day.
    ends_on DATE NOT NULL,
    -- On how many days a week the club reads.
    days_per_week INTEGER NOT NULL,
    -- The weekdays on which the club reads, one bit each: Monday is the lowest; 0: any.
    weekdays INTEGER NOT NULL,
    -- Whether a host has removed it. It can be restored.
    removed BOOLEAN NOT NULL,
    -- As in meetings, for calendars.
    sequence INTEGER NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX index_reading_plans_on_meeting_id ON reading_plans (meeting_id);
CREATE INDEX index_reading_plans_on_ends_on ON reading_plans (ends_on);

-- The day by which a chapter is read.
CREATE TABLE reading_plan_days (
    book_id INTEGER NOT NULL REFERENCES reading_plans (book_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    day DATE NOT NULL,
    PRIMARY KEY (book_id, position)
) WITHOUT ROWID;

-- Polls: when to meet, and what to read

-- A vote on when to meet. A host turns one of its slots into the meeting.
CREATE TABLE date_polls (
    id INTEGER PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    -- Empty: none.
    note TEXT NOT NULL,
    book_id INTEGER REFERENCES books (id),
    -- The length of the meeting.
    duration_minutes INTEGER NOT NULL,
    -- The IANA time zone of the slots.
    zone TEXT NOT NULL,
    host_id INTEGER NOT NULL REFERENCES members (id),
    opened_at TIMESTAMP NOT NULL,
    -- Null: open until the last slot.
    closes_at TIMESTAMP,
    -- When the latest slot starts. Then the poll is over.
    last_slot_at TIMESTAMP NOT NULL,
    slots_count INTEGER NOT NULL,
    -- How many members have answered.
    answers_count INTEGER NOT NULL,
    -- The meeting that the poll led to.
    meeting_id INTEGER REFERENCES meetings (id),
    -- Null: not cancelled.
    cancelled_reason TEXT
);
CREATE INDEX index_date_polls_on_opened_at ON date_polls (opened_at);
CREATE INDEX index_date_polls_on_last_slot_at_and_id ON date_polls (last_slot_at, id);
CREATE INDEX index_date_polls_on_book_id ON date_polls (book_id);
CREATE INDEX index_date_polls_on_host_id ON date_polls (host_id);
CREATE INDEX index_date_polls_on_meeting_id ON date_polls (meeting_id);

-- A day and time that a date poll offers.
CREATE TABLE date_poll_slots (
    id INTEGER PRIMARY KEY NOT NULL,
    date_poll_id INTEGER NOT NULL REFERENCES date_polls (id),
    -- Local day and time in the poll's zone, and the moment derived from them.
    day DATE NOT NULL,
    time TIME NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    yes_count INTEGER NOT NULL,
    if_needed_count INTEGER NOT NULL,
    no_count INTEGER NOT NULL,
    -- Why a host has removed the slot; null: it is offered. A restored slot has its answers back.
    removed_reason TEXT
);
CREATE UNIQUE INDEX index_date_poll_slots_on_date_poll_id_and_starts_at ON date_poll_slots (date_poll_id, starts_at);

-- A member's answer to a slot.
CREATE TABLE date_poll_answers (
    slot_id INTEGER NOT NULL REFERENCES date_poll_slots (id),
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- yes, 'if need be' or no.
    answer TEXT NOT NULL,
    answered_at TIMESTAMP NOT NULL,
    PRIMARY KEY (slot_id, member_id)
) WITHOUT ROWID;
CREATE INDEX index_date_poll_answers_on_member_id ON date_poll_answers (member_id);

-- A vote on what to read next: members suggest books and then rank them, and an instant run-off counts the ballots.
CREATE TABLE book_polls (
    id INTEGER PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    suggestions_per_member INTEGER NOT NULL,
    host_id INTEGER NOT NULL REFERENCES members (id),
    opened_at TIMESTAMP NOT NULL,
    -- Members suggest books until the first moment, and rank them until the second.
    suggestions_until TIMESTAMP NOT NULL,
    ballots_until TIMESTAMP NOT NULL,
    -- How many suggestions there are, without removed ones.
    suggestions_count INTEGER NOT NULL,
    -- Null: not cancelled.
    cancelled_reason TEXT,
    -- When the ballots were counted.
    ended_at TIMESTAMP,
    -- 0 until the ballots are counted.
    ballots_count INTEGER NOT NULL,
    -- The count, round by round (JSON); empty until then.
    result TEXT NOT NULL,
    -- The book that won.
    book_id INTEGER REFERENCES books (id),
    -- The thread that was started for it.
    thread_id INTEGER REFERENCES threads (id),
    -- Whether that book is the club's next one. This is true for at most one poll.
    is_next BOOLEAN NOT NULL
);
CREATE INDEX index_book_polls_on_opened_at ON book_polls (opened_at);
CREATE INDEX index_book_polls_on_ballots_until_where_open
    ON book_polls (ballots_until) WHERE ended_at IS NULL AND cancelled_reason IS NULL;
CREATE INDEX index_book_polls_on_is_next ON book_polls (is_next) WHERE is_next;
CREATE INDEX index_book_polls_on_host_id ON book_polls (host_id);
CREATE INDEX index_book_polls_on_book_id ON book_polls (book_id);
CREATE INDEX index_book_polls_on_thread_id ON book_polls (thread_id);

-- A book that a member suggests in a book poll.
CREATE TABLE book_suggestions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    book_poll_id INTEGER NOT NULL REFERENCES book_polls (id),
    member_id INTEGER NOT NULL REFERENCES members (id),
    -- Null: the club doesn't have the book yet.
    book_id INTEGER REFERENCES books (id),
    title TEXT NOT NULL,
    authors TEXT NOT NULL,
    -- As in books, so that a book isn't suggested twice in a poll.
    lookup_key TEXT NOT NULL,
    -- Why to read it; empty: nothing said.
    pitch TEXT NOT NULL,
    -- Why a host has removed it; null: not removed.
    removed_reason TEXT,
    -- Why the pitch is hidden.
    hidden_reason TEXT
);
CREATE UNIQUE INDEX index_book_suggestions_on_book_poll_id_and_lookup_key
    ON book_suggestions (book_poll_id, lookup_key);
CREATE INDEX index_book_suggestions_on_member_id ON book_suggestions (member_id);
CREATE INDEX index_book_suggestions_on_book_id ON book_suggestions (book_id);

-- A member's ballot in an open book poll. Nobody else sees it, and it is deleted when the ballots are counted.
CREATE TABLE book_ballots (
    book_poll_id INTEGER NOT NULL REFERENCES book_polls (id),
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- Ids of suggestions, the favourite first, separated by commas.
    ranking TEXT NOT NULL,
    PRIMARY KEY (book_poll_id, member_id)
) WITHOUT ROWID;
CREATE INDEX index_book_ballots_on_member_id ON book_ballots (member_id);

-- Moderation: reports, the approval queue and preset reasons

-- All reports of one text, decided together. A text has at most one open case.
CREATE TABLE report_cases (
    id INTEGER PRIMARY KEY NOT NULL,
    -- post, title, excerpt, content_warning, meeting_description, profile, agenda_item or suggestion.
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    -- Who wrote the text.
    author_id INTEGER REFERENCES members (id),
    -- open, upheld or dismissed.
    state TEXT NOT NULL,
    -- The farthest position that the text is said to give away; null: no report says so.
    position INTEGER,
    -- The reach of the text before a report folded it; null: not folded.
    position_before INTEGER,
    reports_count INTEGER NOT NULL,
    -- How many reports there are of each kind.
    spoils_count INTEGER NOT NULL,
    unkind_count INTEGER NOT NULL,
    spam_count INTEGER NOT NULL,
    off_topic_count INTEGER NOT NULL,
    copyright_count INTEGER NOT NULL,
    other_count INTEGER NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    -- The moderator who has claimed the case, for an hour.
    claimed_by INTEGER REFERENCES members (id),
    claimed_at TIMESTAMP,
    decided_by INTEGER REFERENCES members (id),
    decided_at TIMESTAMP
);
CREATE UNIQUE INDEX index_report_cases_on_subject_and_subject_id_where_open
    ON report_cases (subject, subject_id) WHERE state = 'open';
CREATE INDEX index_report_cases_on_subject_and_subject_id_and_id ON report_cases (subject, subject_id, id);
CREATE INDEX index_report_cases_on_state_and_id ON report_cases (state, id);
CREATE INDEX index_report_cases_on_author_id_and_state_and_id ON report_cases (author_id, state, id);
CREATE INDEX index_report_cases_on_claimed_by ON report_cases (claimed_by);
CREATE INDEX index_report_cases_on_decided_by ON report_cases (decided_by);
CREATE INDEX index_report_cases_on_decided_at ON report_cases (decided_at);

-- What a member flags about a text.
CREATE TABLE reports (
    id INTEGER PRIMARY KEY NOT NULL,
    case_id INTEGER NOT NULL REFERENCES report_cases (id),
    -- From 1, within its case.
    number INTEGER NOT NULL,
    -- spoils, unkind, spam, off-topic, copyright or other.
    kind TEXT NOT NULL,
    -- As in its case.
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    reporter_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    author_id INTEGER REFERENCES members (id),
    -- The position that the text gives away; null: another kind of report.
    position INTEGER,
    -- For moderators; empty: none.
    note TEXT NOT NULL,
    -- As in its case.
    state TEXT NOT NULL,
    reported_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX index_reports_on_case_id_and_number ON reports (case_id, number);
CREATE UNIQUE INDEX index_reports_on_case_id_and_reporter_id ON reports (case_id, reporter_id);
CREATE INDEX index_reports_on_reporter_id_and_id ON reports (reporter_id, id);
CREATE INDEX index_reports_on_author_id_and_id ON reports (author_id, id);

-- A post in the approval queue, or a new thread with its first post. It isn't in posts or threads until it is approved.
CREATE TABLE pending_posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- Null: a new thread.
    thread_id INTEGER REFERENCES threads (id),
    -- The book, kind, title and rating of a new thread, as in threads.
    book_id INTEGER REFERENCES books (id),
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    -- Whether the title is a spoiler too.
    title_spoils BOOLEAN NOT NULL,
    half_stars INTEGER,
    markdown TEXT NOT NULL,
    html TEXT NOT NULL,
    reach_book_id INTEGER REFERENCES books (id),
    reach INTEGER,
    also_book_id INTEGER REFERENCES books (id),
    also_reach INTEGER,
    reply_to BIGINT,
    -- Why it needs approval: one of its author's first posts (first), a thread that requires it (thread), or a post
    -- rule (rule).
    cause TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- waiting, approved or declined.
    state TEXT NOT NULL,
    decided_by INTEGER REFERENCES members (id),
    decided_at TIMESTAMP,
    -- Why it was declined; empty: it wasn't.
    reason TEXT NOT NULL,
    -- The post that it became. No other post gets that id, so that the approval can be undone and repeated.
    post_id BIGINT
);
CREATE INDEX index_pending_posts_on_state_and_id ON pending_posts (state, id);
CREATE INDEX index_pending_posts_on_member_id_and_state_and_id ON pending_posts (member_id, state, id);
CREATE INDEX index_pending_posts_on_thread_id ON pending_posts (thread_id);
CREATE INDEX index_pending_posts_on_book_id ON pending_posts (book_id);
CREATE INDEX index_pending_posts_on_reach_book_id ON pending_posts (reach_book_id);
CREATE INDEX index_pending_posts_on_also_book_id ON pending_posts (also_book_id);
CREATE INDEX index_pending_posts_on_decided_by ON pending_posts (decided_by);
CREATE INDEX index_pending_posts_on_post_id ON pending_posts (post_id);

-- A sentence that forms offer when they ask moderators for a reason.
CREATE TABLE preset_reasons (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    words TEXT NOT NULL UNIQUE
);
INSERT INTO preset_reasons (words)
VALUES ('spam'), ('off topic'), ('unkind'), ('a spoiler without a fold'), ('copyright');

-- Safety: limits and rules for posts, the moderation log, notifications and emails

-- What the club asks of new members. There is one row. A limit that is null is none; 0 allows nothing.
CREATE TABLE new_member_limits (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    -- A member is new for so many days, and until so many of their posts are visible.
    new_days INTEGER NOT NULL,
    new_posts INTEGER NOT NULL,
    -- In a post.
    max_links INTEGER,
    max_mentions INTEGER,
    threads_per_hour INTEGER,
    posts_per_hour INTEGER,
    -- How many of each member's first posts go to the approval queue.
    approve_first INTEGER NOT NULL,
    version BIGINT NOT NULL
);
INSERT INTO new_member_limits (id, new_days, new_posts, approve_first, version) VALUES (1, 0, 0, 0, 1);

-- A word or link that members can't post, or only with approval.
CREATE TABLE post_rules (
    id INTEGER PRIMARY KEY NOT NULL,
    -- word or link.
    kind TEXT NOT NULL,
    -- A word, several words, or a domain.
    pattern TEXT NOT NULL,
    -- Block the text (refuse), or send it to the approval queue (hold).
    action TEXT NOT NULL,
    -- Why there is this rule; empty: nothing said.
    note TEXT NOT NULL,
    -- Removed rules stay, so that they can be restored.
    removed BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX index_post_rules_on_id_where_active ON post_rules (id) WHERE NOT removed;

-- An entry of the moderation log, written in the transaction of what it describes. Nobody can change or delete one.
CREATE TABLE log_entries (
    id INTEGER PRIMARY KEY NOT NULL,
    acted_at TIMESTAMP NOT NULL,
    -- Null: done at the command line, or by the club itself.
    actor_id INTEGER REFERENCES members (id),
    -- In which role: member, author, host, moderator, admin, club or command_line.
    acting_role TEXT NOT NULL,
    -- What was done, such as post_hidden.
    kind TEXT NOT NULL,
    -- The details, as JSON.
    data TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    -- The member whom it concerns.
    member_id INTEGER REFERENCES members (id),
    -- Empty: none was asked for.
    reason TEXT NOT NULL,
    -- The entry that this one undoes. An entry is undone once.
    undoes INTEGER REFERENCES log_entries (id)
);
CREATE INDEX index_log_entries_on_acted_at_and_id ON log_entries (acted_at, id);
CREATE INDEX index_log_entries_on_actor_id_and_id ON log_entries (actor_id, id);
CREATE INDEX index_log_entries_on_kind_and_id ON log_entries (kind, id);
CREATE INDEX index_log_entries_on_subject_and_subject_id_and_id ON log_entries (subject, subject_id, id);
CREATE INDEX index_log_entries_on_member_id_and_id ON log_entries (member_id, id) WHERE member_id IS NOT NULL;
CREATE UNIQUE INDEX index_log_entries_on_undoes ON log_entries (undoes) WHERE undoes IS NOT NULL;
CREATE TRIGGER refuse_log_entry_update BEFORE UPDATE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'the moderation log cannot be changed');
END;
CREATE TRIGGER refuse_log_entry_delete BEFORE DELETE ON log_entries
BEGIN
    SELECT RAISE(ABORT, 'the moderation log cannot be changed');
END;
-- INSERT OR REPLACE fires neither of the triggers above.
CREATE TRIGGER refuse_log_entry_replace BEFORE INSERT ON log_entries
WHEN EXISTS (SELECT 1 FROM log_entries WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the moderation log cannot be changed');
END;

-- How a log entry is undone. It may contain what the log must not, such as a title, and nobody sees it.
CREATE TABLE reversals (
    log_entry_id INTEGER PRIMARY KEY NOT NULL REFERENCES log_entries (id),
    -- Which kind of reversal reads the data.
    name TEXT NOT NULL,
    -- What it changes: of several entries with one topic, only the latest can be undone. Empty: the data itself says
    -- whether something has changed since.
    topic TEXT NOT NULL,
    -- JSON.
    data TEXT NOT NULL
);
CREATE INDEX index_reversals_on_topic_and_log_entry_id ON reversals (topic, log_entry_id);

-- A notification to a member on the site. It repeats no text that could be folded.
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- What has happened, such as post_hidden.
    kind TEXT NOT NULL,
    -- The details, as JSON. They contain no spoilers.
    data TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    -- Empty: none was given.
    reason TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX index_notifications_on_member_id_and_id ON notifications (member_id, id);

-- An email that is or was to be sent, stored as ids. Its text is written when it is sent, by the instance with the
-- lease.
CREATE TABLE queued_emails (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    -- confirm, forgotten, reset, 'address changed', 'password changed', moved, cancelled, 'moved up' or reminder.
    kind TEXT NOT NULL,
    -- Null: 'forgotten', until it is known whether there is such a member.
    member_id INTEGER REFERENCES members (id) ON DELETE CASCADE,
    -- Empty: the member's address.
    address TEXT NOT NULL,
    -- What it is about, such as a meeting; 0: nothing.
    subject_id BIGINT NOT NULL,
    -- Facts that the text needs; empty: none.
    detail TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- When nobody wants it any more.
    expires_at TIMESTAMP NOT NULL,
    -- When to try next.
    due_at TIMESTAMP NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    leased_until TIMESTAMP,
    sent_at TIMESTAMP,
    -- When the server gave it up.
    failed_at TIMESTAMP,
    -- What went wrong at the last attempt.
    failure TEXT
);
CREATE INDEX index_queued_emails_on_due_at_and_id_where_unsent
    ON queued_emails (due_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX index_queued_emails_on_expires_at_where_unsent
    ON queued_emails (expires_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX index_queued_emails_on_sent_at ON queued_emails (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX index_queued_emails_on_failed_at_and_id ON queued_emails (failed_at, id) WHERE failed_at IS NOT NULL;
CREATE INDEX index_queued_emails_on_member_id ON queued_emails (member_id);

-- Site: imports

-- A saved page whose preview an admin hasn't accepted yet. It is kept for a day.
CREATE TABLE uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    -- The name of the file.
    file TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    bytes BLOB NOT NULL
);
CREATE INDEX index_uploads_on_member_id_and_id ON uploads (member_id, id);
CREATE INDEX index_uploads_on_created_at ON uploads (created_at);

-- A page that was imported, kept for 90 days so that removing the import can be undone.
CREATE TABLE import_pages (
    -- As in sources.
    digest TEXT PRIMARY KEY NOT NULL,
    -- JSON.
    page TEXT NOT NULL,
    stored_at TIMESTAMP NOT NULL
);
CREATE INDEX index_import_pages_on_stored_at ON import_pages (stored_at);
