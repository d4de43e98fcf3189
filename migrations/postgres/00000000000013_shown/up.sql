-- Who wrote a thread's title: whoever started the thread, or whoever named it anew. Of titles that were changed before this
-- was kept nobody knows whose words they are: they open for nobody unasked.
ALTER TABLE threads ADD COLUMN title_writer_id BIGINT REFERENCES members (id);
UPDATE threads SET title_writer_id = author_id
    WHERE NOT EXISTS (
        SELECT 1 FROM actions
        WHERE subject = 'thread' AND kind = 'changed the title of' AND subject_id = threads.id
    ) AND NOT EXISTS (
        SELECT 1 FROM actions WHERE kind = 'split' AND after LIKE '% to thread ' || threads.id
    );
CREATE INDEX threads_of_title_writer ON threads (title_writer_id, id);

-- What is done at the command line is done by no member.
ALTER TABLE actions ALTER COLUMN actor_id DROP NOT NULL;

-- Whether any post of a thread is shown: one whose posts are all hidden is in no list but for moderators. A book counts
-- those that are.
ALTER TABLE threads ADD COLUMN shown BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE threads SET shown = EXISTS (SELECT 1 FROM posts WHERE thread_id = threads.id AND hidden_reason IS NULL);
UPDATE books SET threads_count = (SELECT count(*) FROM threads WHERE book_id = books.id AND shown);
