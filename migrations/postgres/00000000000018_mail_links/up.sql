-- Links in letters, by which somebody shows that they read that mailbox: to confirm an address (confirm), or to set a new
-- password (reset). Of the token its hash is kept; `address_key` is the address that the letter went to.
CREATE TABLE mail_links (
    token_hash TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    address_key TEXT NOT NULL,
    until TIMESTAMP NOT NULL
);
CREATE INDEX mail_links_of_member ON mail_links (member_id);
CREATE INDEX mail_links_over ON mail_links (until);
