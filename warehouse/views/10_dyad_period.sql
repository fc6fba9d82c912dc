-- one pair of countries in one day, month or year; stories, not copies
CREATE OR REPLACE VIEW dyad_period AS
WITH dated AS (
  SELECT u.unit, date_trunc(u.unit, m.day)::DATE AS period, m.story_id, m.source_id, m.is_lead, m.country_a, m.country_b, m.quad_class, m.status, m.intensity, m.confidence
  FROM told m, (VALUES ('day'), ('month'), ('year')) u(unit)
  WHERE m.day IS NOT NULL
), stories AS (  -- a story counts once whatever its copies and sentences
  SELECT unit, country_a, country_b, period, story_id, list(DISTINCT source_id) AS sources,
    bool_or(quad_class = 'verbal cooperation' AND status = 'actual') AS has_verbal_cooperation,
    bool_or(quad_class = 'material cooperation' AND status = 'actual') AS has_material_cooperation,
    bool_or(quad_class = 'verbal conflict' AND status = 'actual') AS has_verbal_conflict,
    bool_or(quad_class = 'material conflict' AND status = 'actual') AS has_material_conflict,
    bool_or(status IN ('planned', 'hypothetical')) AS has_not_yet, bool_or(status = 'negated') AS has_denied,
    max(confidence) FILTER (status = 'actual' AND quad_class LIKE '%cooperation') AS cooperation_likely, max(confidence) FILTER (status = 'actual' AND quad_class LIKE '%conflict') AS conflict_likely,
    sum(intensity) FILTER (is_lead AND status = 'actual' AND quad_class LIKE '%cooperation') AS cooperation_sum, count(intensity) FILTER (is_lead AND status = 'actual' AND quad_class LIKE '%cooperation') AS cooperation_rows,
    sum(intensity) FILTER (is_lead AND status = 'actual' AND quad_class LIKE '%conflict') AS conflict_sum, count(intensity) FILTER (is_lead AND status = 'actual' AND quad_class LIKE '%conflict') AS conflict_rows
  FROM dated GROUP BY ALL
)
SELECT
  unit, country_a, country_b, period,
  count(*) AS story_count,
  len(list_distinct(flatten(list(sources)))) AS source_count,
  count(*) FILTER (has_verbal_cooperation OR has_material_cooperation) AS cooperation_count,
  count(*) FILTER (has_verbal_conflict OR has_material_conflict) AS conflict_count,
  coalesce(sum(cooperation_likely), 0) AS cooperation_likely,
  coalesce(sum(conflict_likely), 0) AS conflict_likely,
  count(*) FILTER (has_verbal_cooperation) AS verbal_cooperation_count,
  count(*) FILTER (has_material_cooperation) AS material_cooperation_count,
  count(*) FILTER (has_verbal_conflict) AS verbal_conflict_count,
  count(*) FILTER (has_material_conflict) AS material_conflict_count,
  count(*) FILTER (has_not_yet) AS not_yet_count,
  count(*) FILTER (has_denied) AS denied_count,
  sum(cooperation_sum) / nullif(sum(cooperation_rows), 0) AS cooperation_intensity,
  sum(conflict_sum) / nullif(sum(conflict_rows), 0) AS conflict_intensity
FROM stories GROUP BY ALL;
COMMENT ON VIEW dyad_period IS 'one pair of countries in one day, month or year; stories, not copies';
COMMENT ON COLUMN dyad_period.unit IS 'day, month or year';
COMMENT ON COLUMN dyad_period.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN dyad_period.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN dyad_period.period IS 'First day of the day, month or year, a DATE; periods without stories have no row';
COMMENT ON COLUMN dyad_period.story_count IS 'Stories that say something of the pair';
COMMENT ON COLUMN dyad_period.source_count IS 'Outlets behind them';
COMMENT ON COLUMN dyad_period.cooperation_count IS 'Stories with actual cooperation, verbal or material';
COMMENT ON COLUMN dyad_period.conflict_count IS 'Stories with actual conflict, verbal or material';
COMMENT ON COLUMN dyad_period.cooperation_likely IS 'Expected number of stories with actual cooperation: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_period.conflict_likely IS 'Expected number of stories with actual conflict: of each story the highest confidence among its mentions of that side, summed';
COMMENT ON COLUMN dyad_period.verbal_cooperation_count IS 'Stories with actual verbal cooperation';
COMMENT ON COLUMN dyad_period.material_cooperation_count IS 'Stories with actual material cooperation';
COMMENT ON COLUMN dyad_period.verbal_conflict_count IS 'Stories with actual verbal conflict';
COMMENT ON COLUMN dyad_period.material_conflict_count IS 'Stories with actual material conflict';
COMMENT ON COLUMN dyad_period.not_yet_count IS 'Stories with something planned or hypothetical, which is never in the counts of actual acts';
COMMENT ON COLUMN dyad_period.denied_count IS 'Stories with what is said not to have happened';
COMMENT ON COLUMN dyad_period.cooperation_intensity IS 'Mean PLOVER score of actual cooperation, 0 to 10';
COMMENT ON COLUMN dyad_period.conflict_intensity IS 'Mean PLOVER score of actual conflict, -10 to 0';
