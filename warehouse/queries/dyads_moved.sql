-- question: Which dyads warmed or cooled most, and is it more than chance?
-- param days: length of the two periods compared, in days = 30
-- param until: last day of the later period; "last" is the last day with an event that was not planned = last
-- example:
WITH last_day AS (
  SELECT CASE WHEN $until = 'last' THEN (SELECT max(day) FROM dyad_day WHERE day <= (SELECT max(coalesce(published_at, fetched_at))::DATE FROM articles))
              ELSE TRY_CAST($until AS DATE) END AS until
), acts AS (  -- all copies of a story are read and counted as one; undated events stand on the day of the story's lead, what lay ahead of it was not done
  SELECT m.country_a, m.country_b, a.story_id, a.source_id, coalesce(m.event_date, lead.published_at::DATE) AS day,
    CASE WHEN m.status <> 'actual' OR m.event_date > lead.published_at::DATE THEN NULL WHEN m.quad_class LIKE '%cooperation' THEN 'cooperation'
      WHEN m.quad_class LIKE '%conflict' THEN 'conflict' END AS side
  FROM mentions m JOIN articles a USING (article_id) JOIN articles lead ON lead.article_id = a.story_id
), collection AS (  -- a period with more stories has more of every dyad: the later one's share of all stories is what chance would give it
  SELECT count(*) FILTER (published_at::DATE > until - $days::INTEGER) / nullif(count(*), 0)::DOUBLE AS share
  FROM articles, last_day WHERE is_lead AND is_coded AND published_at::DATE > until - 2 * $days::INTEGER AND published_at::DATE <= until
), counted AS (
  SELECT country_a, country_b,
    count(DISTINCT story_id) FILTER (day <= until - $days::INTEGER) AS stories_before, count(DISTINCT story_id) FILTER (day > until - $days::INTEGER) AS stories_now,
    count(DISTINCT story_id) FILTER (day <= until - $days::INTEGER AND side = 'cooperation') AS cooperation_before,
    count(DISTINCT story_id) FILTER (day > until - $days::INTEGER AND side = 'cooperation') AS cooperation_now,
    count(DISTINCT story_id) FILTER (day <= until - $days::INTEGER AND side = 'conflict') AS conflict_before,
    count(DISTINCT story_id) FILTER (day > until - $days::INTEGER AND side = 'conflict') AS conflict_now,
    count(DISTINCT source_id) FILTER (day > until - $days::INTEGER) AS sources_now
  FROM acts, last_day
  WHERE day > until - 2 * $days::INTEGER AND day <= until
  GROUP BY country_a, country_b
), sides AS (
  SELECT country_a, country_b, 'cooperation' AS side, cooperation_now AS k, cooperation_now + cooperation_before AS n, share
  FROM counted, collection WHERE stories_before + stories_now >= 5
  UNION ALL
  SELECT country_a, country_b, 'conflict', conflict_now, conflict_now + conflict_before, share FROM counted, collection WHERE stories_before + stories_now >= 5
), masses AS (  -- logarithms of the binomial masses of 0 to n stories in the later period
  SELECT *, list_transform(range(n + 1), lambda i: lgamma(n + 1) - lgamma(i + 1) - lgamma(n - i + 1) + i * ln(share) + (n - i) * ln(1 - share)) AS mass
  FROM sides WHERE share > 0 AND share < 1
), tested AS (  -- exact two-sided test, as in the brief: all splits that are no likelier than the one found
  SELECT *, CASE WHEN n = 0 THEN 1.0 ELSE least(1.0, list_sum(list_transform(list_filter(mass, lambda x: x <= mass[k + 1] + 1e-9), lambda x: exp(x)))) END AS chance FROM masses
), ranked AS (  -- of twenty dyads one would move by chance: Holm's bound for as many tests as there are
  SELECT *, chance > 0.05 / (count(*) OVER () + 1 - row_number() OVER (ORDER BY chance, country_a, country_b, side)) AS is_within FROM tested
), judged AS (
  SELECT *, sum(is_within::INTEGER) OVER (ORDER BY chance, country_a, country_b, side) = 0 AS is_beyond FROM ranked
), moved AS (  -- where one side moved beyond chance, the other's movement within it gives no name
  SELECT c.*, p.share, x.chance AS cooperation_chance, y.chance AS conflict_chance, coalesce(x.is_beyond, false) AS is_cooperation_beyond, coalesce(y.is_beyond, false) AS is_conflict_beyond,
    CASE WHEN NOT is_cooperation_beyond AND is_conflict_beyond THEN 0 ELSE sign(cooperation_now - p.share * (cooperation_now + cooperation_before)) END AS cooperation_way,
    CASE WHEN NOT is_conflict_beyond AND is_cooperation_beyond THEN 0 ELSE sign(conflict_now - p.share * (conflict_now + conflict_before)) END AS conflict_way
  FROM counted c CROSS JOIN collection p
  LEFT JOIN judged x ON x.country_a = c.country_a AND x.country_b = c.country_b AND x.side = 'cooperation'
  LEFT JOIN judged y ON y.country_a = c.country_a AND y.country_b = c.country_b AND y.side = 'conflict'
)
SELECT country_a, country_b,
  CASE WHEN cooperation_chance IS NULL THEN 'too few' WHEN cooperation_way > 0 AND conflict_way > 0 THEN 'both rose' WHEN cooperation_way < 0 AND conflict_way < 0 THEN 'both fell'
    WHEN cooperation_way > conflict_way THEN 'warmed' WHEN cooperation_way < conflict_way THEN 'cooled' ELSE 'unchanged' END AS movement,
  stories_before, stories_now, cooperation_before, cooperation_now, conflict_before, conflict_now, sources_now, round(share, 3) AS share_now,
  round(cooperation_chance, 4) AS cooperation_chance, round(conflict_chance, 4) AS conflict_chance, is_cooperation_beyond OR is_conflict_beyond AS is_beyond_chance,
  until - 2 * $days::INTEGER + 1 AS before_from, until - $days::INTEGER + 1 AS now_from, until
FROM moved CROSS JOIN last_day
ORDER BY moved.cooperation_chance IS NULL, least(moved.cooperation_chance, moved.conflict_chance), stories_before + stories_now DESC, country_a, country_b
