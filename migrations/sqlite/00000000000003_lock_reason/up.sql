-- Why a thread is locked, shown on it. Threads locked before tell what the log has of them.
ALTER TABLE threads ADD COLUMN lock_reason TEXT;
UPDATE threads SET lock_reason = (
    SELECT reason FROM actions
    WHERE subject = 'thread' AND kind = 'locked' AND subject_id = threads.id
    ORDER BY id DESC LIMIT 1
) WHERE locked;
