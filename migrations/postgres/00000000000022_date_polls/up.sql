-- A date poll asks members which of several times suits them; a host makes one of them the meeting. Each slot keeps its wall
-- time beside the moment that it is in the poll's zone, and counts its answers, so that no list counts. `last_at` is the
-- latest slot: after it the poll is over, whatever became of it.
CREATE TABLE date_polls (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title TEXT NOT NULL,
    note TEXT NOT NULL,
    book_id BIGINT REFERENCES books (id),
    minutes INTEGER NOT NULL,
    zone TEXT NOT NULL,
    host_id BIGINT NOT NULL REFERENCES members (id),
    opened_at TIMESTAMP NOT NULL,
    closes_at TIMESTAMP,
    last_at TIMESTAMP NOT NULL,
    slots_count INTEGER NOT NULL,
    answers_count INTEGER NOT NULL,
    meeting_id BIGINT REFERENCES meetings (id),
    cancelled_reason TEXT
);
CREATE INDEX date_polls_by_opened ON date_polls (opened_at);
CREATE INDEX date_polls_by_last ON date_polls (last_at);
CREATE INDEX date_polls_of_meeting ON date_polls (meeting_id);

CREATE TABLE slots (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    date_poll_id BIGINT NOT NULL REFERENCES date_polls (id),
    day DATE NOT NULL,
    time TIME NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    yes_count INTEGER NOT NULL,
    if_need_be_count INTEGER NOT NULL,
    no_count INTEGER NOT NULL
);
CREATE UNIQUE INDEX slots_of_date_poll ON slots (date_poll_id, starts_at);

CREATE TABLE slot_answers (
    slot_id BIGINT NOT NULL REFERENCES slots (id),
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    answer TEXT NOT NULL,
    answered_at TIMESTAMP NOT NULL,
    PRIMARY KEY (slot_id, member_id)
);
CREATE INDEX slot_answers_of_member ON slot_answers (member_id);
