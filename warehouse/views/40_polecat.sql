-- actual events in POLECAT's 40 columns; RELATE has no place there
CREATE OR REPLACE VIEW polecat AS
WITH actors AS (
  SELECT mention_id, role, min(name) AS name, min(text) AS text, min(title) AS title, min(actor_type) AS actor_type FROM mention_actors GROUP BY mention_id, role
)
SELECT
  m.mention_id AS "Event ID", coalesce(m.event_date, a.published_at::DATE) AS "Event Date", m.event_type AS "Event Type", coalesce(m.mode, 'None') AS "Event Mode",
  m.intensity AS "Event Intensity", upper(m.quad_class) AS "Quad Code",
  coalesce((SELECT string_agg(s.sector, '|' ORDER BY s.sector) FROM mention_sectors s WHERE s.mention_id = m.mention_id), 'None') AS "Contexts",
  coalesce(x.name, x.text, 'None') AS "Actor Name", m.source_country AS "Actor Country", 'None' AS "Actor COW", coalesce(x.actor_type, 'None') AS "Primary Actor Sector",
  coalesce(x.actor_type, 'None') AS "Actor Sectors", coalesce(x.title, 'None') AS "Actor Title", coalesce(x.text, 'None') AS "Actor Name Raw", 'None' AS "Wikipedia Actor ID",
  coalesce(y.name, y.text, 'None') AS "Recipient Name", m.target_country AS "Recipient Country", 'None' AS "Recipient COW", coalesce(y.actor_type, 'None') AS "Primary Recipient Sector",
  coalesce(y.actor_type, 'None') AS "Recipient Sectors", coalesce(y.title, 'None') AS "Recipient Title", coalesce(y.text, 'None') AS "Recipient Name Raw", 'None' AS "Wikipedia Recipient ID",
  coalesce(m.place, 'None') AS "Placename", 'None' AS "City", 'None' AS "District", 'None' AS "Province", coalesce(m.place_country, 'None') AS "Country",
  NULL::DOUBLE AS "Latitude", NULL::DOUBLE AS "Longitude", 'None' AS "GeoNames ID", coalesce(m.place, 'None') AS "Raw Placename", 'None' AS "Feature Type",
  a.source_id AS "Source", a.published_at::DATE AS "Publication Date", 'None' AS "Story People", 'None' AS "Story Organizations", 'None' AS "Story Locations",
  a.language AS "Language", m.coder_version AS "Version"
FROM mentions m JOIN articles a USING (article_id)
LEFT JOIN actors x ON x.mention_id = m.mention_id AND x.role = 'source'
LEFT JOIN actors y ON y.mention_id = m.mention_id AND y.role = 'target'
WHERE m.event_type <> 'RELATE' AND m.status = 'actual' AND a.is_lead;
COMMENT ON VIEW polecat IS 'actual events in POLECAT''s 40 columns; RELATE has no place there';
