-- Why a host took a time off a date poll that offered it; it can be put back, with the answers that were given to it.
ALTER TABLE slots ADD COLUMN removed_reason TEXT;
