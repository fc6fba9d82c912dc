-- question: What did one country's ministers say of another?
-- param a: country of the speaker, code or name
-- param b: country spoken of, code or name
-- param who: GOV for ministers and officials, MIL, LEG and so on (see mention_actors.actor_type); any for all = any
-- param words: words that all stand in the sentence, each whole or as the beginning of a word; any for all = any
-- param sector: only what is about this sector; any for all = any
-- param since: first day of saying (publication) = 0001-01-01
-- param until: last day of saying (publication) = 9999-12-31
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example: a=DZA b=MAR
WITH acts AS (  -- the lead of a story speaks for its copies
  SELECT m.*, s.story_id, s.source_id, s.published_at, s.title, s.url
  FROM mentions m JOIN articles s USING (article_id) WHERE s.is_lead AND m.confidence >= $least::DOUBLE
)
SELECT a.published_at::DATE AS said_on, a.speaker, x.title AS speaker_title, coalesce(x.actor_type, 'UNK') AS speaker_type, a.source_country, a.target_country,
  a.event_type, a.status, a.event_date, a.is_quoted, a.sentence, a.title, a.source_id, a.url, round(a.confidence, 2) AS confidence, a.mention_id
FROM acts a
LEFT JOIN (SELECT mention_id, min(title) AS title, min(actor_type) AS actor_type FROM mention_actors WHERE role = 'speaker' GROUP BY mention_id) x USING (mention_id)
WHERE a.speaker_country = upper($a) AND upper($b) IN (a.country_a, a.country_b)
  AND ($who = 'any' OR upper($who) = x.actor_type)
  AND ($words = 'any' OR len(list_filter(regexp_extract_all(lower($words), '[\p{L}\p{N}]+'), lambda w:
    NOT contains(' ' || array_to_string(regexp_extract_all(lower(a.sentence), '[\p{L}\p{N}]+'), ' '), ' ' || w))) = 0)
  AND ($sector = 'any' OR EXISTS (FROM mention_sectors y WHERE y.mention_id = a.mention_id AND y.sector = lower($sector)))
  AND (a.published_at::DATE BETWEEN $since::DATE AND $until::DATE OR a.published_at IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
ORDER BY a.published_at DESC NULLS LAST, a.article_id, a.sentence_index, a.mention_id
