-- one agreement said of in one sentence: promised, to be signed, signed
CREATE OR REPLACE VIEW agreements AS
SELECT
  m.country_a, m.country_b,
  CASE WHEN m.event_type = 'AGREE' THEN 'promised' WHEN m.event_type = 'SUPPORT' AND m.status = 'planned' THEN 'to be signed' ELSE 'signed' END AS stage,
  m.event_date, m.event_date_precision, m.trigger, m.sentence, a.title AS article_title, a.published_at, a.url, m.confidence, m.mention_id
FROM mentions m JOIN articles a USING (article_id)
WHERE a.is_lead AND m.status IN ('actual', 'planned')
  AND ((m.event_type = 'AGREE' AND m.is_reciprocal)
    OR (m.event_type = 'SUPPORT' AND m.is_reciprocal AND regexp_matches(m.sentence, '(?i)sign|ratif|agreement|treaty|memorandum|accord|pact')));
COMMENT ON VIEW agreements IS 'one agreement said of in one sentence: promised, to be signed, signed';
COMMENT ON COLUMN agreements.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN agreements.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN agreements.stage IS 'promised (AGREE), to be signed, signed or ratified (SUPPORT)';
COMMENT ON COLUMN agreements.event_date IS 'Day';
COMMENT ON COLUMN agreements.event_date_precision IS 'What the day rests on';
COMMENT ON COLUMN agreements.trigger IS 'Word that carries it';
COMMENT ON COLUMN agreements.sentence IS 'The sentence';
COMMENT ON COLUMN agreements.article_title IS 'Headline';
COMMENT ON COLUMN agreements.published_at IS 'Publication, UTC';
COMMENT ON COLUMN agreements.url IS 'Address';
COMMENT ON COLUMN agreements.confidence IS 'Probability that the row is right';
COMMENT ON COLUMN agreements.mention_id IS 'The mention';
