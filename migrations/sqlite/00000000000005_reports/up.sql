-- All that members report of one text is one case, decided on as one: at most one of a text is open. What its reports say
-- is counted here, so that no list counts. `position` is the farthest chapter that it is said to give away, `before` how far
-- the text went until it was folded for that. Who has taken a case decides on it for an hour.
CREATE TABLE cases (
    id INTEGER PRIMARY KEY NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    author_id INTEGER REFERENCES members (id),
    state TEXT NOT NULL,
    position INTEGER,
    before INTEGER,
    reports_count INTEGER NOT NULL,
    spoils_count INTEGER NOT NULL,
    unkind_count INTEGER NOT NULL,
    spam_count INTEGER NOT NULL,
    off_topic_count INTEGER NOT NULL,
    copyright_count INTEGER NOT NULL,
    other_count INTEGER NOT NULL,
    opened_at TIMESTAMP NOT NULL,
    claimed_by INTEGER REFERENCES members (id),
    claimed_at TIMESTAMP,
    settled_by INTEGER REFERENCES members (id),
    settled_at TIMESTAMP
);

-- What was open of one text is one case; what was decided stays as it was decided, each for itself.
INSERT INTO cases (id, subject, subject_id, author_id, state, position, before, reports_count, spoils_count, unkind_count,
                   spam_count, off_topic_count, copyright_count, other_count, opened_at, settled_by, settled_at)
    SELECT id, subject, subject_id, author_id, state, position, before, 1, 1, 0, 0, 0, 0, 0, reported_at, settled_by, settled_at
    FROM reports WHERE state <> 'open'
    UNION ALL
    SELECT min(id), subject, subject_id, max(author_id), 'open', max(position), min(before), count(*), count(*), 0, 0, 0, 0, 0,
           min(reported_at), NULL, NULL
    FROM reports WHERE state = 'open' GROUP BY subject, subject_id;

CREATE TABLE case_reports (
    id INTEGER PRIMARY KEY NOT NULL,
    case_id INTEGER NOT NULL REFERENCES cases (id),
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    reporter_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    author_id INTEGER REFERENCES members (id),
    position INTEGER,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    reported_at TIMESTAMP NOT NULL
);
INSERT INTO case_reports (id, case_id, number, kind, subject, subject_id, reporter_id, author_id, position, words, state, reported_at)
    SELECT id, id, 1, kind, subject, subject_id, reporter_id, author_id, position, words, state, reported_at
    FROM reports WHERE state <> 'open'
    UNION ALL
    SELECT id, min(id) OVER same, row_number() OVER (same ORDER BY id), kind, subject, subject_id, reporter_id, author_id,
           position, words, state, reported_at
    FROM reports WHERE state = 'open' WINDOW same AS (PARTITION BY subject, subject_id);
DROP TABLE reports;
ALTER TABLE case_reports RENAME TO reports;

CREATE UNIQUE INDEX cases_open_on_subject ON cases (subject, subject_id) WHERE state = 'open';
CREATE INDEX cases_by_state ON cases (state, id);
CREATE INDEX cases_on_subject ON cases (subject, subject_id, id);
CREATE INDEX cases_on_author ON cases (author_id, state, id);
CREATE INDEX cases_by_settled ON cases (settled_at);
CREATE UNIQUE INDEX reports_of_case ON reports (case_id, number);
CREATE UNIQUE INDEX reports_of_case_once ON reports (case_id, reporter_id);

-- Why a moderator has hidden it from everybody else.
ALTER TABLE passages ADD COLUMN hidden_reason TEXT;
ALTER TABLE notices ADD COLUMN hidden_reason TEXT;
ALTER TABLE meetings ADD COLUMN hidden_reason TEXT;
ALTER TABLE members ADD COLUMN hidden_reason TEXT;
-- How many cases on a member's texts were upheld.
ALTER TABLE members ADD COLUMN upheld_count INTEGER NOT NULL DEFAULT 0;
UPDATE members SET upheld_count = (SELECT count(*) FROM cases WHERE author_id = members.id AND state = 'upheld');
