-- Keys of the large tables lose their index: it was read and written again at each landing. The rules over the set see to it that they are unique.
CREATE TABLE mentions_unkeyed (
  mention_id VARCHAR NOT NULL,
  article_id VARCHAR NOT NULL,
  sentence_index INTEGER NOT NULL,
  sentence VARCHAR NOT NULL,
  char_start INTEGER NOT NULL,
  char_end INTEGER NOT NULL,
  source_country VARCHAR NOT NULL,
  target_country VARCHAR NOT NULL,
  country_a VARCHAR NOT NULL,
  country_b VARCHAR NOT NULL,
  is_reciprocal BOOLEAN NOT NULL,
  event_type VARCHAR NOT NULL,
  mode VARCHAR,
  quad_class VARCHAR NOT NULL,
  intensity DOUBLE,
  status VARCHAR NOT NULL,
  is_quoted BOOLEAN NOT NULL,
  speaker_country VARCHAR,
  speaker VARCHAR,
  trigger VARCHAR,
  event_date DATE,
  event_date_precision VARCHAR NOT NULL,
  place VARCHAR,
  place_country VARCHAR,
  confidence DOUBLE NOT NULL,
  rules VARCHAR,
  is_corrected BOOLEAN NOT NULL,
  coder_version VARCHAR NOT NULL,
  run_id VARCHAR NOT NULL
);
INSERT INTO mentions_unkeyed BY NAME SELECT * FROM mentions;
DROP TABLE mentions;
ALTER TABLE mentions_unkeyed RENAME TO mentions;
CREATE TABLE mention_sectors_unkeyed (
  mention_id VARCHAR NOT NULL,
  sector VARCHAR NOT NULL,
  confidence DOUBLE NOT NULL
);
INSERT INTO mention_sectors_unkeyed BY NAME SELECT * FROM mention_sectors;
DROP TABLE mention_sectors;
ALTER TABLE mention_sectors_unkeyed RENAME TO mention_sectors;
CREATE TABLE mention_actors_unkeyed (
  mention_id VARCHAR NOT NULL,
  role VARCHAR NOT NULL,
  text VARCHAR NOT NULL,
  name VARCHAR,
  title VARCHAR,
  organisation VARCHAR,
  country VARCHAR NOT NULL,
  actor_type VARCHAR NOT NULL
);
INSERT INTO mention_actors_unkeyed BY NAME SELECT * FROM mention_actors;
DROP TABLE mention_actors;
ALTER TABLE mention_actors_unkeyed RENAME TO mention_actors;
CREATE TABLE article_bands_unkeyed (
  article_id VARCHAR NOT NULL,
  band INTEGER NOT NULL,
  key BIGINT,
  day INTEGER NOT NULL,
  is_searched BOOLEAN NOT NULL
);
INSERT INTO article_bands_unkeyed BY NAME SELECT * FROM article_bands;
DROP TABLE article_bands;
ALTER TABLE article_bands_unkeyed RENAME TO article_bands;
