-- What a member is told beside the reason: facts that give nothing away, such as the role that they got, or from when to when
-- a meeting has moved. What was told before says less.
ALTER TABLE notifications ADD COLUMN detail TEXT NOT NULL DEFAULT '';
