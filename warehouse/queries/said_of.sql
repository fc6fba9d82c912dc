-- question: What did one country's ministers say of another?
-- param a: country of the speaker, code or name
-- param b: country spoken of, code or name
-- param who: GOV for ministers and officials, MIL, LEG and so on (see mention_actors.actor_type); any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- example: a=DZA b=MAR
WITH acts AS (  -- the lead of a story speaks for its copies
  SELECT m.*, coalesce(m.event_date, s.published_at::DATE) AS day, s.story_id, s.source_id, s.published_at, s.title, s.url
  FROM mentions m JOIN articles s USING (article_id) WHERE s.is_lead
)
SELECT a.day, a.speaker, x.title AS speaker_title, coalesce(x.actor_type, 'UNK') AS speaker_type, a.source_country, a.target_country,
  a.event_type, a.status, a.is_quoted, a.sentence, a.title, a.source_id, a.url, round(a.confidence, 2) AS confidence, a.mention_id
FROM acts a
LEFT JOIN (SELECT mention_id, min(title) AS title, min(actor_type) AS actor_type FROM mention_actors WHERE role = 'speaker' GROUP BY mention_id) x USING (mention_id)
WHERE a.speaker_country = upper($a) AND upper($b) IN (a.country_a, a.country_b)
  AND ($who = 'any' OR upper($who) = x.actor_type)
  AND (a.day IS NULL OR a.day BETWEEN $since::DATE AND $until::DATE)
ORDER BY a.day DESC NULLS LAST, a.article_id, a.sentence_index, a.mention_id
