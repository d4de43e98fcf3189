-- By which quotes are found, wherever they stand: the prints of what a text quotes, with the text's kind as reports name it,
-- and those of what hidden posts say.
CREATE TABLE quote_prints (
    print INTEGER NOT NULL,
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    PRIMARY KEY (print, subject, subject_id)
) WITHOUT ROWID;
CREATE INDEX quote_prints_of_text ON quote_prints (subject, subject_id);

CREATE TABLE hidden_prints (
    print INTEGER NOT NULL,
    post_id INTEGER NOT NULL,
    PRIMARY KEY (print, post_id)
) WITHOUT ROWID;
CREATE INDEX hidden_prints_of_post ON hidden_prints (post_id);

-- What was written, and hidden, before there were prints, and has none yet.
CREATE TABLE unprinted (
    subject TEXT NOT NULL,
    subject_id INTEGER NOT NULL,
    PRIMARY KEY (subject, subject_id)
) WITHOUT ROWID;
INSERT INTO unprinted SELECT 'post', id FROM posts WHERE html LIKE '%<blockquote>%'
    UNION SELECT 'post', post_id FROM revisions WHERE html LIKE '%<blockquote>%'
    UNION SELECT 'question', id FROM questions WHERE html LIKE '%<blockquote>%'
    UNION SELECT 'note', id FROM meetings WHERE html LIKE '%<blockquote>%'
    UNION SELECT 'notice', id FROM notices WHERE html LIKE '%<blockquote>%'
    UNION SELECT 'passage', id FROM passages WHERE html LIKE '%<blockquote>%'
    UNION SELECT 'held', id FROM held WHERE html LIKE '%<blockquote>%'
    UNION SELECT 'hidden', id FROM posts WHERE hidden_reason IS NOT NULL AND NOT withdrawn;

-- Where threads lead to was kept to find quotes by.
DROP TABLE links;
