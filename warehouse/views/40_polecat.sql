-- actual events in POLECAT's 40 columns; RELATE has no place there
CREATE OR REPLACE VIEW polecat AS
WITH actors AS (
  SELECT mention_id, role, min(name) AS name, min(text) AS text, min(title) AS title, min(actor_type) AS actor_type FROM mention_actors GROUP BY mention_id, role
)
SELECT
  m.mention_id AS "Event ID", m.day AS "Event Date", m.event_type AS "Event Type", coalesce(m.mode, 'None') AS "Event Mode",
  m.intensity AS "Event Intensity", upper(m.quad_class) AS "Quad Code",
  coalesce((SELECT string_agg(s.sector, '|' ORDER BY s.sector) FROM mention_sectors s WHERE s.mention_id = m.mention_id), 'None') AS "Contexts",
  coalesce(x.name, x.text, 'None') AS "Actor Name", m.source_country AS "Actor Country", 'None' AS "Actor COW", coalesce(x.actor_type, 'None') AS "Primary Actor Sector",
  coalesce(x.actor_type, 'None') AS "Actor Sectors", coalesce(x.title, 'None') AS "Actor Title", coalesce(x.text, 'None') AS "Actor Name Raw", 'None' AS "Wikipedia Actor ID",
  coalesce(y.name, y.text, 'None') AS "Recipient Name", m.target_country AS "Recipient Country", 'None' AS "Recipient COW", coalesce(y.actor_type, 'None') AS "Primary Recipient Sector",
  coalesce(y.actor_type, 'None') AS "Recipient Sectors", coalesce(y.title, 'None') AS "Recipient Title", coalesce(y.text, 'None') AS "Recipient Name Raw", 'None' AS "Wikipedia Recipient ID",
  coalesce(m.place, 'None') AS "Placename", 'None' AS "City", 'None' AS "District", 'None' AS "Province", coalesce(m.place_country, 'None') AS "Country",
  NULL::DOUBLE AS "Latitude", NULL::DOUBLE AS "Longitude", 'None' AS "GeoNames ID", coalesce(m.place, 'None') AS "Raw Placename", 'None' AS "Feature Type",
  m.source_id AS "Source", m.published_at::DATE AS "Publication Date", 'None' AS "Story People", 'None' AS "Story Organizations", 'None' AS "Story Locations",
  a.language AS "Language", m.coder_version AS "Version"
FROM told m JOIN articles a USING (article_id)
LEFT JOIN actors x ON x.mention_id = m.mention_id AND x.role = 'source'
LEFT JOIN actors y ON y.mention_id = m.mention_id AND y.role = 'target'
WHERE m.event_type <> 'RELATE' AND m.status = 'actual' AND m.is_lead AND m.day IS NOT NULL;
COMMENT ON VIEW polecat IS 'actual events in POLECAT''s 40 columns; RELATE has no place there';
COMMENT ON COLUMN polecat."Event ID" IS 'The mention';
COMMENT ON COLUMN polecat."Event Date" IS 'Day of the event, else of publication; rows with neither stay out';
COMMENT ON COLUMN polecat."Event Type" IS 'PLOVER event type';
COMMENT ON COLUMN polecat."Event Mode" IS 'PLOVER mode, None where none applies';
COMMENT ON COLUMN polecat."Event Intensity" IS 'PLOVER score, -10 to +10';
COMMENT ON COLUMN polecat."Quad Code" IS 'Quad class in capitals';
COMMENT ON COLUMN polecat."Contexts" IS 'Sectors, parted by |; None if none';
COMMENT ON COLUMN polecat."Actor Name" IS 'Who acts: name, else as printed; None if no actor is printed';
COMMENT ON COLUMN polecat."Actor Country" IS 'Country that acts, ISO 3166-1 alpha-3';
COMMENT ON COLUMN polecat."Actor COW" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Primary Actor Sector" IS 'Kind of actor, after PLOVER';
COMMENT ON COLUMN polecat."Actor Sectors" IS 'The same: one kind an actor';
COMMENT ON COLUMN polecat."Actor Title" IS 'Office or title, lower case';
COMMENT ON COLUMN polecat."Actor Name Raw" IS 'As printed';
COMMENT ON COLUMN polecat."Wikipedia Actor ID" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Recipient Name" IS 'On whom: name, else as printed; None if no actor is printed';
COMMENT ON COLUMN polecat."Recipient Country" IS 'Country acted on, ISO 3166-1 alpha-3';
COMMENT ON COLUMN polecat."Recipient COW" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Primary Recipient Sector" IS 'Kind of actor, after PLOVER';
COMMENT ON COLUMN polecat."Recipient Sectors" IS 'The same: one kind an actor';
COMMENT ON COLUMN polecat."Recipient Title" IS 'Office or title, lower case';
COMMENT ON COLUMN polecat."Recipient Name Raw" IS 'As printed';
COMMENT ON COLUMN polecat."Wikipedia Recipient ID" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Placename" IS 'Where, as printed; None if not said';
COMMENT ON COLUMN polecat."City" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."District" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Province" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Country" IS 'Country of the place; None if not known';
COMMENT ON COLUMN polecat."Latitude" IS 'always null: the project does not code it';
COMMENT ON COLUMN polecat."Longitude" IS 'always null: the project does not code it';
COMMENT ON COLUMN polecat."GeoNames ID" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Raw Placename" IS 'Where, as printed';
COMMENT ON COLUMN polecat."Feature Type" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Source" IS 'Outlet; see sources';
COMMENT ON COLUMN polecat."Publication Date" IS 'Day of publication, UTC';
COMMENT ON COLUMN polecat."Story People" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Story Organizations" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Story Locations" IS 'always None: the project does not code it';
COMMENT ON COLUMN polecat."Language" IS 'ISO 639-1 code of the article';
COMMENT ON COLUMN polecat."Version" IS 'The coder: version and hash';
