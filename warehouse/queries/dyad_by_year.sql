-- question: How did relations between two countries move, year by year?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param since: first day; its whole year is shown = 0001-01-01
-- param until: last day; its whole year is shown = 9999-12-31
-- example: a=DZA b=MAR
SELECT extract(year FROM year)::INTEGER AS year, story_count, source_count, cooperation_count, conflict_count,
  round(cooperation_likely, 1) AS cooperation_likely, round(conflict_likely, 1) AS conflict_likely, verbal_cooperation_count, material_cooperation_count,
  verbal_conflict_count, material_conflict_count, not_yet_count, denied_count,
  round(cooperation_intensity, 1) AS cooperation_intensity, round(conflict_intensity, 1) AS conflict_intensity
FROM dyad_year
WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b))
  AND dyad_year.year >= date_trunc('year', $since::DATE) AND dyad_year.year <= $until::DATE
ORDER BY dyad_year.year  -- a year without a story has no row
