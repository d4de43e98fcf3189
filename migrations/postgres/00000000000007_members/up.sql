-- Who may join: nobody (closed), everybody (open), who was invited (invitation), or who a moderator lets in (approval),
-- who is then asked a question.
ALTER TABLE club ADD COLUMN joining TEXT NOT NULL DEFAULT 'open';
ALTER TABLE club ADD COLUMN joining_question TEXT NOT NULL DEFAULT '';
UPDATE club SET joining = 'closed' WHERE NOT open_to_join;
ALTER TABLE club DROP COLUMN open_to_join;

-- Links by which so many may join, until then. Of the link its hash is kept.
CREATE TABLE invitations (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    note TEXT NOT NULL,
    most INTEGER NOT NULL,
    used INTEGER NOT NULL,
    made_by BIGINT NOT NULL REFERENCES members (id),
    made_at TIMESTAMP NOT NULL,
    until TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);

-- How somebody came in: by which invitation, or what they answered, and who let them in or why they were declined.
ALTER TABLE members ADD COLUMN invitation_id BIGINT REFERENCES invitations (id);
ALTER TABLE members ADD COLUMN answer TEXT NOT NULL DEFAULT '';
ALTER TABLE members ADD COLUMN let_in_by BIGINT REFERENCES members (id);
ALTER TABLE members ADD COLUMN declined_reason TEXT;
-- Names are listed by how they begin, in one order whatever the database's language.
ALTER TABLE members ALTER COLUMN handle_key TYPE TEXT COLLATE "C";
CREATE INDEX members_by_state ON members (state, id);
CREATE INDEX members_by_role ON members (role, id);
CREATE INDEX members_silenced ON members (id) WHERE silenced_until IS NOT NULL;
CREATE INDEX members_suspended ON members (id) WHERE suspended_until IS NOT NULL;

-- What members are limited by, and warnings: how far those that stand go is kept in members.silenced_until and
-- members.suspended_until. Without `until` it stands until it is lifted. `given_as` is the giver's role then.
CREATE TABLE sanctions (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    given_by BIGINT NOT NULL REFERENCES members (id),
    given_as TEXT NOT NULL,
    given_at TIMESTAMP NOT NULL,
    until TIMESTAMP,
    confirmed_at TIMESTAMP,
    lifted_by BIGINT REFERENCES members (id),
    lifted_at TIMESTAMP
);
CREATE INDEX sanctions_of_member ON sanctions (member_id, id);

-- What moderators write of a member to one another. Nobody changes or removes one.
CREATE TABLE notes (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    author_id BIGINT NOT NULL REFERENCES members (id),
    body TEXT NOT NULL,
    written_at TIMESTAMP NOT NULL
);
CREATE INDEX notes_on_member ON notes (member_id, id);

-- A member's record lists the reports on their texts, and counts those that they made.
CREATE INDEX reports_on_writer ON reports (author_id, id);
CREATE INDEX reports_made_by ON reports (reporter_id, id);
