-- who said what of whom: one statement with a speaker, in a story's lead
CREATE OR REPLACE VIEW statements AS
SELECT
  m.speaker_country, m.speaker, m.source_country, m.target_country, m.event_type, m.status, m.is_quoted, m.sentence,
  m.day, m.title AS article_title, m.source_id, m.url, m.confidence, m.story_id, m.mention_id
FROM told m
WHERE m.speaker_country IS NOT NULL AND m.is_lead;
COMMENT ON VIEW statements IS 'who said what of whom: one statement with a speaker, in a story''s lead';
COMMENT ON COLUMN statements.speaker_country IS 'Country of the speaker';
COMMENT ON COLUMN statements.speaker IS 'Speaker as printed';
COMMENT ON COLUMN statements.source_country IS 'Who acts in what is said';
COMMENT ON COLUMN statements.target_country IS 'On whom';
COMMENT ON COLUMN statements.event_type IS 'What is said to be done';
COMMENT ON COLUMN statements.status IS 'As done, planned, possible or denied';
COMMENT ON COLUMN statements.is_quoted IS 'In quotation marks?';
COMMENT ON COLUMN statements.sentence IS 'The sentence';
COMMENT ON COLUMN statements.day IS 'Day of event or publication';
COMMENT ON COLUMN statements.article_title IS 'Headline';
COMMENT ON COLUMN statements.source_id IS 'Outlet';
COMMENT ON COLUMN statements.url IS 'Address';
COMMENT ON COLUMN statements.confidence IS 'Probability that the row is right';
COMMENT ON COLUMN statements.story_id IS 'The story';
COMMENT ON COLUMN statements.mention_id IS 'The mention';
