-- question: Who visits whom, and how often is it still a plan?
-- param a: country of the visitor, code or name; any for all = any
-- param b: country of the host, code or name; any for all = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- example:
WITH acts AS (  -- all copies of a story are read and counted as one; undated events stand on the day of the story's lead
  SELECT m.*, coalesce(m.event_date, lead.published_at::DATE) AS day, s.story_id, s.source_id, s.is_lead, s.title, s.url
  FROM mentions m JOIN articles s USING (article_id) JOIN articles lead ON lead.article_id = s.story_id
)
SELECT a.source_country AS visitor_country, a.target_country AS host_country,
  count(DISTINCT a.story_id) FILTER (a.status = 'actual') AS done_story_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'planned') AS planned_story_count,
  count(DISTINCT a.story_id) FILTER (a.status = 'negated') AS denied_story_count,
  min(a.day) FILTER (a.status = 'actual') AS first_day, max(a.day) FILTER (a.status = 'actual') AS last_day,
  string_agg(DISTINCT coalesce(x.name, x.title), ', ' ORDER BY coalesce(x.name, x.title)) AS visitors,
  arg_max(a.sentence, row(a.confidence, a.mention_id)) AS surest_sentence, arg_max(a.mention_id, row(a.confidence, a.mention_id)) AS surest_mention_id
FROM acts a LEFT JOIN mention_actors x ON x.mention_id = a.mention_id AND x.role = 'source' AND x.country = a.source_country
WHERE a.event_type = 'CONSULT' AND NOT a.is_reciprocal AND ($a = 'any' OR a.source_country = upper($a)) AND ($b = 'any' OR a.target_country = upper($b))
  AND (a.day IS NULL OR a.day BETWEEN $since::DATE AND $until::DATE)
GROUP BY ALL
HAVING done_story_count + planned_story_count + denied_story_count > 0
ORDER BY done_story_count DESC, planned_story_count DESC, visitor_country, host_country
