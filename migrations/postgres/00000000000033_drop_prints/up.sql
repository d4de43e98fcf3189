-- Quotes are known by the link to their post, and no longer by their words.
DROP TABLE quote_prints;
DROP TABLE hidden_prints;
DROP TABLE unprinted;
