-- question: Which dyads warmed or cooled most, and is it more than chance?
-- param days: length of the two periods compared, in days = 30
-- param until: last day of the later period; "last" is the last day with an event that was not planned = last
WITH last_day AS (
  SELECT CASE WHEN $until = 'last' THEN (SELECT max(day) FROM dyad_day WHERE day <= (SELECT max(coalesce(published_at, fetched_at))::DATE FROM articles))
              ELSE TRY_CAST($until AS DATE) END AS until
), counted AS (
  SELECT country_a, country_b,
    coalesce(sum(cooperation_count) FILTER (day > until - $days::INTEGER), 0)::INTEGER AS cooperation_now,
    coalesce(sum(cooperation_count) FILTER (day <= until - $days::INTEGER), 0)::INTEGER AS cooperation_before,
    coalesce(sum(conflict_count) FILTER (day > until - $days::INTEGER), 0)::INTEGER AS conflict_now,
    coalesce(sum(conflict_count) FILTER (day <= until - $days::INTEGER), 0)::INTEGER AS conflict_before,
    max(source_count) FILTER (day > until - $days::INTEGER) AS sources_now
  FROM dyad_day, last_day
  WHERE day > until - 2 * $days::INTEGER AND day <= until
  GROUP BY country_a, country_b
), scored AS (  -- roots of Poisson counts have nearly the same spread whatever their size (Anscombe 1948): beyond 2 is more than chance
  SELECT *,
    sqrt(2.0) * (sqrt(cooperation_now + 0.375) - sqrt(cooperation_before + 0.375)) AS cooperation_z,
    sqrt(2.0) * (sqrt(conflict_now + 0.375) - sqrt(conflict_before + 0.375)) AS conflict_z
  FROM counted
)
SELECT country_a, country_b,
  CASE WHEN cooperation_z - conflict_z > 0 THEN 'warmed' WHEN cooperation_z - conflict_z < 0 THEN 'cooled' ELSE 'unchanged' END AS movement,
  cooperation_before, cooperation_now, conflict_before, conflict_now, sources_now,
  round(cooperation_z, 2) AS cooperation_z, round(conflict_z, 2) AS conflict_z,
  greatest(abs(cooperation_z), abs(conflict_z)) > 2 AS is_beyond_chance
FROM scored
ORDER BY greatest(abs(cooperation_z), abs(conflict_z)) DESC, country_a, country_b
