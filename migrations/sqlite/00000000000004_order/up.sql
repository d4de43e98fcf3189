-- Whether somebody is a member: active, waiting for approval, declined, or former since they closed their account. Until
-- when they are silenced or suspended is kept beside the sanctions, so that no request has to look for it; and how much
-- they have not yet seen of what they are told.
ALTER TABLE members ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE members ADD COLUMN silenced_until TIMESTAMP;
ALTER TABLE members ADD COLUMN suspended_until TIMESTAMP;
ALTER TABLE members ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0;

-- Whom an action concerns, and which earlier one it undoes: each is undone once.
ALTER TABLE actions ADD COLUMN member_id INTEGER REFERENCES members (id);
ALTER TABLE actions ADD COLUMN undoes INTEGER REFERENCES actions (id);
CREATE UNIQUE INDEX actions_undone ON actions (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX actions_concerning ON actions (member_id, id) WHERE member_id IS NOT NULL;
CREATE INDEX actions_by_actor ON actions (actor_id, id);
CREATE INDEX actions_by_kind ON actions (kind, id);
CREATE INDEX actions_on_subject ON actions (subject, subject_id, id);
-- A row put in the place of another is a change too, which the triggers before do not see.
CREATE TRIGGER actions_are_not_replaced BEFORE INSERT ON actions WHEN EXISTS (SELECT 1 FROM actions WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'the moderation log cannot be changed');
END;

-- How an action is undone. It may hold what the log must not, such as a title, and is shown to nobody.
CREATE TABLE undos (
    action_id INTEGER PRIMARY KEY NOT NULL REFERENCES actions (id),
    -- What is changed by it: once that has been changed anew, the action is not undone any more. Empty where what is kept says
    -- so by itself.
    topic TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX undos_by_topic ON undos (topic, action_id);

-- What a member is told of. It repeats no text that could be folded.
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY NOT NULL,
    member_id INTEGER NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL
);
CREATE INDEX notifications_of_member ON notifications (member_id, id);
