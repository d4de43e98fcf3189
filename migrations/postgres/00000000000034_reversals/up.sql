-- How an action is undone: data that the noun reads whose chosen name it is stored under. It may hold what the log must
-- not, such as a title, and is shown to nobody.
DROP TABLE undos;
CREATE TABLE undos (
    action_id BIGINT PRIMARY KEY REFERENCES actions (id),
    name TEXT NOT NULL,
    -- What it changes: of several actions with one topic, only the latest can be undone. Empty where the data says by itself
    -- whether something was changed since.
    topic TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX undos_by_topic ON undos (topic, action_id);

-- Imported pages, each once, for some time, so that removing an import can be undone.
CREATE TABLE import_pages (
    digest TEXT PRIMARY KEY NOT NULL,
    page TEXT NOT NULL,
    stored_at TIMESTAMP NOT NULL
);
