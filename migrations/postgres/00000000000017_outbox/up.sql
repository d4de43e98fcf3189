-- Since when a member's e-mail address is known to be theirs: they followed the link in a letter to it. Until then
-- several may have given the same one.
ALTER TABLE members ADD COLUMN confirmed_at TIMESTAMP;
CREATE UNIQUE INDEX members_by_confirmed_email ON members (email_key) WHERE confirmed_at IS NOT NULL;

-- Letters, each written in the transaction of what it tells of, and sent in the background by whoever holds the lease.
-- They go to `address`; where that is empty, to the member's. `subject_id` and `detail` are of what it tells; what it
-- says is looked up when it is sent. After `useless_at` nobody wants it any more.
CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind TEXT NOT NULL,
    member_id BIGINT REFERENCES members (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    subject_id BIGINT NOT NULL,
    detail TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    useless_at TIMESTAMP NOT NULL,
    due_at TIMESTAMP NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    leased_until TIMESTAMP,
    sent_at TIMESTAMP,
    failed_at TIMESTAMP,
    failure TEXT
);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_useless ON outbox (useless_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_failed ON outbox (failed_at, id) WHERE failed_at IS NOT NULL;
CREATE INDEX outbox_of_member ON outbox (member_id);
