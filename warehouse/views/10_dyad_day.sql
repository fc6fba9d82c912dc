-- one pair of countries on one day of events; stories, not copies
CREATE OR REPLACE VIEW dyad_day AS
WITH counted AS (  -- a story counts once whatever its copies; undated events stand on the day of the story's lead
  SELECT coalesce(m.event_date, lead.published_at::DATE) AS day, a.story_id, a.source_id, a.is_lead, m.country_a, m.country_b, m.quad_class, m.status, m.intensity
  FROM mentions m JOIN articles a USING (article_id) JOIN articles lead ON lead.article_id = a.story_id
  WHERE coalesce(m.event_date, lead.published_at::DATE) IS NOT NULL
)
SELECT
  country_a, country_b, day,
  count(DISTINCT story_id) AS story_count,
  count(DISTINCT source_id) AS source_count,
  count(DISTINCT story_id) FILTER (quad_class LIKE '%cooperation' AND status = 'actual') AS cooperation_count,
  count(DISTINCT story_id) FILTER (quad_class LIKE '%conflict' AND status = 'actual') AS conflict_count,
  count(DISTINCT story_id) FILTER (quad_class = 'verbal cooperation' AND status = 'actual') AS verbal_cooperation_count,
  count(DISTINCT story_id) FILTER (quad_class = 'material cooperation' AND status = 'actual') AS material_cooperation_count,
  count(DISTINCT story_id) FILTER (quad_class = 'verbal conflict' AND status = 'actual') AS verbal_conflict_count,
  count(DISTINCT story_id) FILTER (quad_class = 'material conflict' AND status = 'actual') AS material_conflict_count,
  count(DISTINCT story_id) FILTER (status IN ('planned', 'hypothetical')) AS not_yet_count,
  count(DISTINCT story_id) FILTER (status = 'negated') AS denied_count,
  avg(intensity) FILTER (is_lead AND status = 'actual' AND quad_class LIKE '%cooperation') AS cooperation_intensity,
  avg(intensity) FILTER (is_lead AND status = 'actual' AND quad_class LIKE '%conflict') AS conflict_intensity
FROM counted GROUP BY ALL;
COMMENT ON VIEW dyad_day IS 'one pair of countries on one day of events; stories, not copies';
COMMENT ON COLUMN dyad_day.country_a IS 'Alphabetically first of the pair';
COMMENT ON COLUMN dyad_day.country_b IS 'Alphabetically second of the pair';
COMMENT ON COLUMN dyad_day.day IS 'Day of the event, else of publication';
COMMENT ON COLUMN dyad_day.story_count IS 'Stories that say something of the pair';
COMMENT ON COLUMN dyad_day.source_count IS 'Outlets behind them';
COMMENT ON COLUMN dyad_day.cooperation_count IS 'Stories with actual cooperation, verbal or material';
COMMENT ON COLUMN dyad_day.conflict_count IS 'Stories with actual conflict, verbal or material';
COMMENT ON COLUMN dyad_day.verbal_cooperation_count IS 'Stories with actual verbal cooperation';
COMMENT ON COLUMN dyad_day.material_cooperation_count IS 'Stories with actual material cooperation';
COMMENT ON COLUMN dyad_day.verbal_conflict_count IS 'Stories with actual verbal conflict';
COMMENT ON COLUMN dyad_day.material_conflict_count IS 'Stories with actual material conflict';
COMMENT ON COLUMN dyad_day.not_yet_count IS 'Stories with what is planned or hypothetical only; never in the counts of actual acts';
COMMENT ON COLUMN dyad_day.denied_count IS 'Stories with what is said not to have happened';
COMMENT ON COLUMN dyad_day.cooperation_intensity IS 'Mean PLOVER score of actual cooperation, 0 to 10';
COMMENT ON COLUMN dyad_day.conflict_intensity IS 'Mean PLOVER score of actual conflict, -10 to 0';
