-- Why a moderator has hidden a question on an agenda in a host's words, or what a member says for a book that they propose.
ALTER TABLE questions ADD COLUMN hidden_reason TEXT;
ALTER TABLE proposals ADD COLUMN hidden_reason TEXT;
