-- one visit said of in one sentence of a story's lead: the visitor is the source, the host the target
CREATE OR REPLACE VIEW visits AS
SELECT
  m.source_country AS visitor_country, m.target_country AS host_country, m.status, m.event_date, m.event_date_precision,
  m.place, x.name AS visitor, x.title AS visitor_title, m.sentence, a.title AS article_title, a.published_at, a.url, m.confidence, m.mention_id
FROM mentions m JOIN articles a USING (article_id)
LEFT JOIN (SELECT mention_id, min(name) AS name, min(title) AS title FROM mention_actors WHERE role = 'source' GROUP BY mention_id) x USING (mention_id)
WHERE m.event_type = 'CONSULT' AND NOT m.is_reciprocal AND a.is_lead;
COMMENT ON VIEW visits IS 'one visit said of in one sentence of a story''s lead: the visitor is the source, the host the target';
COMMENT ON COLUMN visits.visitor_country IS 'Country of the visitor';
COMMENT ON COLUMN visits.host_country IS 'Country of the host';
COMMENT ON COLUMN visits.status IS 'Did it happen?';
COMMENT ON COLUMN visits.event_date IS 'Day of the visit';
COMMENT ON COLUMN visits.event_date_precision IS 'What the day rests on';
COMMENT ON COLUMN visits.place IS 'Where, as printed';
COMMENT ON COLUMN visits.visitor IS 'Who, by name if printed';
COMMENT ON COLUMN visits.visitor_title IS 'Title of the visitor';
COMMENT ON COLUMN visits.sentence IS 'The sentence';
COMMENT ON COLUMN visits.article_title IS 'Headline';
COMMENT ON COLUMN visits.published_at IS 'Publication, UTC';
COMMENT ON COLUMN visits.url IS 'Address';
COMMENT ON COLUMN visits.confidence IS 'Probability that the row is right';
COMMENT ON COLUMN visits.mention_id IS 'The mention';
