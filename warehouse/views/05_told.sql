-- one mention with its article and the day on which it stands
-- Acts stand on their own day, undated ones on that of their story's lead. What is planned, possible or standing, or said to be done on a day that
-- lay ahead, stands on the day on which it was told.
CREATE OR REPLACE VIEW told AS
SELECT m.*, s.story_id, s.source_id, s.is_lead, s.title, s.url, s.published_at,
  CASE WHEN m.status IN ('planned', 'hypothetical') OR m.event_type = 'RELATE' OR (m.status = 'actual' AND m.event_date > lead.published_at::DATE) THEN coalesce(lead.published_at::DATE, m.event_date) ELSE coalesce(m.event_date, lead.published_at::DATE) END AS day
FROM mentions m JOIN articles s USING (article_id) JOIN articles lead ON lead.article_id = s.story_id;
COMMENT ON VIEW told IS 'one mention with its article and the day on which it stands';
COMMENT ON COLUMN told.mention_id IS 'Hash of article, sentence span, pair and event type (20 hex digits of a SHA-256)';
COMMENT ON COLUMN told.article_id IS 'The article; see articles (20 hex digits of a SHA-256)';
COMMENT ON COLUMN told.sentence_index IS 'Place of the sentence in the body, from 0';
COMMENT ON COLUMN told.sentence IS 'The sentence: body[char_start:char_end]';
COMMENT ON COLUMN told.char_start IS 'First code point of the sentence in the body';
COMMENT ON COLUMN told.char_end IS 'Code point after the sentence''s last';
COMMENT ON COLUMN told.source_country IS 'Who does or says it; alphabetically first when reciprocal; ISO 3166-1 alpha-3, or XKX, EUE, SUN, YUG, CSK, DDR';
COMMENT ON COLUMN told.target_country IS 'Who receives it or is spoken of; ISO 3166-1 alpha-3, or XKX, EUE, SUN, YUG, CSK, DDR';
COMMENT ON COLUMN told.country_a IS 'Alphabetically first of the pair; ISO 3166-1 alpha-3, or XKX, EUE, SUN, YUG, CSK, DDR';
COMMENT ON COLUMN told.country_b IS 'Alphabetically second of the pair; ISO 3166-1 alpha-3, or XKX, EUE, SUN, YUG, CSK, DDR';
COMMENT ON COLUMN told.is_reciprocal IS 'Do both do it to each other?';
COMMENT ON COLUMN told.event_type IS 'PLOVER event type, or RELATE for a standing relation';
COMMENT ON COLUMN told.mode IS 'PLOVER mode of the event type, null where none applies';
COMMENT ON COLUMN told.quad_class IS 'Verbal or material, cooperation or conflict; or standing relation';
COMMENT ON COLUMN told.intensity IS 'PLOVER score, -10 (assault) to +10 (aid); null for RELATE';
COMMENT ON COLUMN told.status IS 'Did it happen?';
COMMENT ON COLUMN told.is_quoted IS 'Does the statement stand in quotation marks?';
COMMENT ON COLUMN told.speaker_country IS 'Country of who says it, null for the reporter''s own voice; ISO 3166-1 alpha-3, or XKX, EUE, SUN, YUG, CSK, DDR';
COMMENT ON COLUMN told.speaker IS 'Who says it, by name or title as printed';
COMMENT ON COLUMN told.trigger IS 'The word that carries the event, null where no single word does';
COMMENT ON COLUMN told.event_date IS 'Day (or first day of the period) of the event, null if it cannot be told';
COMMENT ON COLUMN told.event_date_precision IS 'What event_date rests on';
COMMENT ON COLUMN told.place IS 'Where it happens, as printed';
COMMENT ON COLUMN told.place_country IS 'Country of the place; ISO 3166-1 alpha-3, or XKX, EUE, SUN, YUG, CSK, DDR';
COMMENT ON COLUMN told.confidence IS 'Calibrated probability that pair and event type are right';
COMMENT ON COLUMN told.rules IS 'Rules that overrode the encoder, space separated; null if none did';
COMMENT ON COLUMN told.is_corrected IS 'Was a value of this row set by corrections.csv?';
COMMENT ON COLUMN told.coder_version IS 'The coder: version and hash of model and lexicons';
COMMENT ON COLUMN told.run_id IS 'The run that wrote the row; see runs';
COMMENT ON COLUMN told.story_id IS 'Copies and near copies of one story share it: the article_id of the first of them (20 hex digits of a SHA-256)';
COMMENT ON COLUMN told.source_id IS 'The source it came from; see sources';
COMMENT ON COLUMN told.is_lead IS 'Is this the earliest copy of its story?';
COMMENT ON COLUMN told.title IS 'Headline, null where the article has none';
COMMENT ON COLUMN told.url IS 'Canonical address, null for files';
COMMENT ON COLUMN told.published_at IS 'When the outlet says it was published, UTC; null if unknown';
COMMENT ON COLUMN told.day IS 'Day of an act, else of the publication of its story''s lead; plans, possibilities and standing relations stand on the day on which they were told; null if neither is known';
