-- question: Who visits whom, and how often is it still a plan?
-- param a: country of the visitor, code or name; any for all = any
-- param b: country of the host, code or name; any for all = any
-- param rank: head of state, head of government, minister or other, by the printed title; any for all, titles or not = any
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least: rows whose confidence is lower are left out, 0 to 1; 0 for all = 0.5
-- example:
WITH told AS (
  SELECT *, coalesce(event_date, published_at::DATE) AS day FROM visits
  WHERE confidence >= $least::DOUBLE AND ($a = 'any' OR visitor_country = upper($a)) AND ($b = 'any' OR host_country = upper($b))
    AND ($rank = 'any' OR rank = lower(replace($rank, '-', ' ')))
)
SELECT visitor_country, host_country,
  count(DISTINCT story_id) FILTER (status = 'actual') AS done_story_count,
  count(DISTINCT story_id) FILTER (status = 'planned') AS planned_story_count,
  count(DISTINCT story_id) FILTER (status = 'negated') AS denied_story_count,
  min(day) FILTER (status = 'actual') AS first_day, max(day) FILTER (status = 'actual') AS last_day,
  string_agg(DISTINCT visitor, ', ' ORDER BY visitor) AS visitors, string_agg(DISTINCT rank, ', ' ORDER BY rank) AS ranks,
  arg_max(sentence, row(confidence, mention_id)) AS surest_sentence, arg_max(mention_id, row(confidence, mention_id)) AS surest_mention_id
FROM told
WHERE day BETWEEN $since::DATE AND $until::DATE OR day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31'
GROUP BY visitor_country, host_country
HAVING done_story_count + planned_story_count + denied_story_count > 0
ORDER BY done_story_count DESC, planned_story_count DESC, visitor_country, host_country
