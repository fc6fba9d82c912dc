-- question: How did relations between two countries move, month by month?
-- param a: one country, code or name
-- param b: the other country, code or name
-- param since: first day, whose whole month is counted = 0001-01-01
-- param until: last day, whose whole month is counted = 9999-12-31
-- example: a=DZA b=MAR
SELECT month, story_count, source_count, cooperation_count, conflict_count,
  round(cooperation_likely, 1) AS cooperation_likely, round(conflict_likely, 1) AS conflict_likely, verbal_cooperation_count, material_cooperation_count,
  verbal_conflict_count, material_conflict_count, not_yet_count, denied_count,
  round(cooperation_intensity, 1) AS cooperation_intensity, round(conflict_intensity, 1) AS conflict_intensity
FROM dyad_month
WHERE country_a = least(upper($a), upper($b)) AND country_b = greatest(upper($a), upper($b))
  AND month >= date_trunc('month', $since::DATE) AND month <= $until::DATE
ORDER BY month  -- a month without a story has no row
