-- The id of the post that an approved text became: never another's, so that it can stand again where it stood.
ALTER TABLE held ADD COLUMN post_id BIGINT;
CREATE INDEX held_by_post ON held (post_id);

-- Where posts were split off a thread: after which post of it, how many, and into which thread.
CREATE TABLE partings (
    into_id INTEGER NOT NULL REFERENCES threads (id),
    after_id BIGINT NOT NULL,
    from_id INTEGER NOT NULL REFERENCES threads (id),
    count INTEGER NOT NULL,
    PRIMARY KEY (into_id, after_id)
) WITHOUT ROWID;
CREATE INDEX partings_from ON partings (from_id, after_id);

-- Which threads have a post with a link to another: whoever quotes that one without saying so may do it there.
CREATE TABLE links (
    to_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    from_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    PRIMARY KEY (to_id, from_id)
) WITHOUT ROWID;
CREATE INDEX posts_hidden ON posts (thread_id, number) WHERE hidden_reason IS NOT NULL;
