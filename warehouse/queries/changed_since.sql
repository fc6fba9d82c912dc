-- question: What came in since a day, run by run?
-- param day: first day of the runs looked at = 0001-01-01
-- example:
WITH written AS (
  SELECT s.run_id, s.article_id, s.fetched_at, s.published_at, m.country_a || '-' || m.country_b AS dyad, m.mention_id
  FROM articles s LEFT JOIN mentions m USING (article_id)
), dyads AS (
  SELECT run_id, dyad, count(DISTINCT article_id) AS articles FROM written WHERE dyad IS NOT NULL GROUP BY run_id, dyad
), tops AS (
  SELECT run_id, string_agg(dyad || ' ' || articles, ', ' ORDER BY articles DESC, dyad) AS most_mentioned
  FROM (FROM dyads QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY articles DESC, dyad) <= 5) GROUP BY run_id
)
SELECT r.run_id, r.flow, r.started_at, r.state, max(m.coder_version) AS coder_version,
  count(DISTINCT w.article_id) FILTER (w.fetched_at >= r.started_at) AS new_article_count,
  count(DISTINCT w.article_id) FILTER (w.fetched_at < r.started_at) AS rewritten_article_count,
  count(DISTINCT w.mention_id) AS mention_count, count(DISTINCT w.dyad) AS dyad_count,
  (SELECT count(*) FROM quarantine q WHERE q.run_id = r.run_id) AS refused_count,
  min(w.published_at)::DATE AS first_published_on, max(w.published_at)::DATE AS last_published_on, any_value(t.most_mentioned) AS most_mentioned
FROM runs r LEFT JOIN written w USING (run_id) LEFT JOIN tops t USING (run_id) LEFT JOIN mentions m USING (mention_id)
WHERE r.started_at >= $day::DATE
GROUP BY r.run_id, r.flow, r.started_at, r.state
ORDER BY r.started_at DESC, r.run_id
