-- The id of what was removed is never given to something else: addresses, calendars and the log go on naming it. Nothing of
-- this changes how rows lie in the file, only how the next id is found, so the words of the schema are all that is to be
-- changed; building each table anew would drop the old one, and whatever refers to it with it.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
    SET sql = replace(sql, ' id INTEGER PRIMARY KEY NOT NULL', ' id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL')
    WHERE type = 'table' AND name IN ('sessions', 'books', 'editions', 'sources', 'passages', 'threads', 'meetings', 'notices',
                                      'reasons', 'uploads', 'proposals', 'questions');
PRAGMA writable_schema = RESET;

-- What is gone already is known from the log, and from what members were told.
CREATE TEMPORARY TABLE named AS
    SELECT subject, subject_id AS id FROM actions UNION ALL SELECT subject, subject_id FROM notifications;
INSERT INTO sqlite_sequence (name, seq)
    SELECT 'books', max(coalesce((SELECT max(id) FROM books), 0), coalesce((SELECT max(id) FROM named WHERE subject = 'book'), 0))
    UNION ALL
    SELECT 'passages', max(coalesce((SELECT max(id) FROM passages), 0), coalesce((SELECT max(id) FROM named WHERE subject = 'passage'), 0))
    UNION ALL
    SELECT 'threads', max(coalesce((SELECT max(id) FROM threads), 0), coalesce((SELECT max(id) FROM named WHERE subject IN ('thread', 'title')), 0))
    UNION ALL
    SELECT 'meetings', max(coalesce((SELECT max(id) FROM meetings), 0), coalesce((SELECT max(id) FROM named WHERE subject IN ('meeting', 'note')), 0))
    UNION ALL
    SELECT 'notices', max(coalesce((SELECT max(id) FROM notices), 0), coalesce((SELECT max(id) FROM named WHERE subject = 'notice'), 0))
    UNION ALL
    SELECT 'posts', max(coalesce((SELECT max(id) FROM posts), 0), coalesce((SELECT max(id) FROM named WHERE subject = 'post'), 0));
DROP TABLE named;

-- Posts lie in the order of their thread, and count their ids up beside that: in the same place.
CREATE TRIGGER posts_keep_their_ids AFTER DELETE ON posts
BEGIN
    UPDATE sqlite_sequence SET seq = max(seq, OLD.id) WHERE name = 'posts';
END;
