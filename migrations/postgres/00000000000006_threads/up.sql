-- The book whose chapters the spoilers within a post name: the one that its thread was about when it was written. A
-- thread that is moved to another book takes its posts along, and none of their spoilers opens for readers of that one.
ALTER TABLE posts ADD COLUMN spoilers_book_id BIGINT REFERENCES books (id);
UPDATE posts SET spoilers_book_id = (SELECT book_id FROM threads WHERE threads.id = posts.thread_id);

-- How far a thread and its title go into a book that the thread is not about, because it was moved away from there. A
-- position without a book opens for nobody unasked.
ALTER TABLE threads ADD COLUMN also_book_id BIGINT REFERENCES books (id);
ALTER TABLE threads ADD COLUMN also_reach INTEGER;
ALTER TABLE threads ADD COLUMN title_also_book_id BIGINT REFERENCES books (id);
ALTER TABLE threads ADD COLUMN title_also_reach INTEGER;
-- Until when a thread is pinned; none for until it is unpinned.
ALTER TABLE threads ADD COLUMN pinned_until TIMESTAMP;
-- Where the posts of a thread are now that was merged into another.
ALTER TABLE threads ADD COLUMN merged_into BIGINT REFERENCES threads (id);

-- Which posts a post quotes.
CREATE TABLE quotes (
    post_id BIGINT NOT NULL,
    quoted_id BIGINT NOT NULL,
    PRIMARY KEY (post_id, quoted_id)
);
CREATE INDEX quotes_of ON quotes (quoted_id);
