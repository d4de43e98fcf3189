-- The id of what was removed is never given to something else: here sequences see to that from the start, and nothing is to
-- be changed.
SELECT 1;
