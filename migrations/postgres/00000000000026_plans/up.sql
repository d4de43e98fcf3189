-- By when the club reads a book, and how it was drawn up: by a meeting or a day, on so many evenings a week, on these
-- weekdays (bits, Monday first). What hosts take away is `off`.
CREATE TABLE plans (
    book_id BIGINT PRIMARY KEY REFERENCES books (id) ON DELETE CASCADE,
    meeting_id BIGINT REFERENCES meetings (id) ON DELETE SET NULL,
    ends_on DATE NOT NULL,
    evenings INTEGER NOT NULL,
    weekdays INTEGER NOT NULL,
    off BOOLEAN NOT NULL,
    sequence INTEGER NOT NULL,
    uid TEXT NOT NULL UNIQUE,
    changed_at TIMESTAMP NOT NULL
);
CREATE INDEX plans_by_end ON plans (ends_on);

-- By which day each chapter is read.
CREATE TABLE plan_days (
    book_id BIGINT NOT NULL REFERENCES plans (book_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    day DATE NOT NULL,
    PRIMARY KEY (book_id, position)
);
