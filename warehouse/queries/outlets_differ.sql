-- question: Which outlets see two countries differently from the others?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param since: first day = 0001-01-01
-- param until: last day = 9999-12-31
-- param least_stories: an outlet with fewer stories with cooperation or conflict is marked small = 10
-- example: a=KHM b=THA
WITH told AS (  -- each outlet for itself: a copy that it printed is a story that it told
  SELECT source_id, story_id, bool_or(quad_class LIKE '%conflict') AS has_conflict, bool_or(quad_class LIKE '%cooperation') AS has_cooperation
  FROM told
  WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b)) AND status = 'actual' AND quad_class <> 'standing relation'
    AND (day BETWEEN $since::DATE AND $until::DATE OR day IS NULL AND $since = '0001-01-01' AND $until = '9999-12-31')
  GROUP BY source_id, story_id
), counted AS (
  SELECT source_id, count(*) AS story_count, count(*) FILTER (has_cooperation) AS cooperation_count, count(*) FILTER (has_conflict) AS conflict_count
  FROM told GROUP BY source_id
), shared AS (  -- Wilson's 95 % interval: honest where there are few
  SELECT *, conflict_count / story_count AS share, sum(story_count) OVER () - story_count AS other_count, sum(conflict_count) OVER () - conflict_count AS other_conflict,
    1.96 * sqrt(share * (1 - share) / story_count + 1.96 ^ 2 / (4 * story_count ^ 2)) / (1 + 1.96 ^ 2 / story_count) AS half,
    (share + 1.96 ^ 2 / (2 * story_count)) / (1 + 1.96 ^ 2 / story_count) AS middle
  FROM counted
)
SELECT source_id, s.name, s.country AS outlet_country, s.outlet_type, story_count, cooperation_count, conflict_count,
  round(share, 2) AS conflict_share, round(middle - half, 2) AS share_low, round(middle + half, 2) AS share_high,
  round(other_conflict / nullif(other_count, 0), 2) AS conflict_share_of_others,
  coalesce(other_conflict / nullif(other_count, 0) NOT BETWEEN middle - half AND middle + half, false) AS is_beyond_chance,
  story_count < $least_stories::INTEGER AS is_small
FROM shared LEFT JOIN sources s USING (source_id)
ORDER BY is_small, round(abs(share - other_conflict / nullif(other_count, 0)), 6) DESC NULLS LAST, story_count DESC, source_id
