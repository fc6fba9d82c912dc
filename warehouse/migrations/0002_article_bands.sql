-- Near copies: the bands of old articles are made by the next run that settles stories.
CREATE TABLE article_bands (
  article_id VARCHAR NOT NULL,
  band INTEGER NOT NULL,
  key BIGINT,
  day INTEGER NOT NULL,
  is_searched BOOLEAN NOT NULL,
  PRIMARY KEY (article_id, band)
);
