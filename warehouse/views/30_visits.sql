-- one visit said of in one sentence of a story's lead: the visitor is the source, the host the target
CREATE OR REPLACE VIEW visits AS
WITH visitors AS (  -- the named one of the actors; headings in capitals, bodies, bare offices and single words without a title are no names of persons
  SELECT mention_id, country, regexp_replace(lower(title), '\s+', ' ', 'g') AS title,
    CASE WHEN regexp_matches(name, '^[\p{Lu}\p{Lo}]') AND NOT contains(name, chr(10)) AND (title IS NOT NULL OR contains(name, ' ')) AND NOT (name = upper(name) AND len(name) > 4 AND name <> lower(name))
      AND NOT regexp_matches(name, '(?i)\b(affairs|assembly|assisting|commission|committee|council|crown|dear|department|embassy|forum|government|group|highness(es)?|host|minister|ministry|parliament|secretary|union|university|visit|western|your)\b')
      THEN name END AS name
  FROM mention_actors WHERE role = 'source'
), chosen AS (
  SELECT mention_id, country, arg_min(struct_pack(name := name, title := title), row(name IS NULL, title IS NULL, name, title)) AS person FROM visitors GROUP BY mention_id, country
)
SELECT
  m.source_country AS visitor_country, m.target_country AS host_country, m.status, m.event_date, m.event_date_precision,
  m.place, x.person.name AS visitor, x.person.title AS visitor_title,
  CASE WHEN x.person.title IS NULL THEN NULL
    WHEN regexp_matches(x.person.title, '\b(former|ex|late|vice|opposition|acting head|elect|candidate|envoy|adviser|advisor|spokes\w+|ambassador)\b') THEN 'other'
    WHEN regexp_matches(x.person.title, '\b(deputy|assistant) (prime minister|premier|chancellor)\b') THEN 'minister'
    WHEN regexp_matches(x.person.title, '\b(prime minister|premier|federal chancellor|taoiseach|head of government)\b')
      OR (regexp_matches(x.person.title, '\bchancellor\b') AND NOT contains(x.person.title, 'exchequer')) THEN 'head of government'
    WHEN regexp_matches(x.person.title, '\b(president|king|queen|emperor|empress|emir|sultan|pope|monarch|grand duke|governor[- ]general|head of state)\b') THEN 'head of state'
    WHEN regexp_matches(x.person.title, '\b(minister|secretary of state|(foreign|defen[cs]e|home|interior|treasury|commerce|energy) secretary|treasurer|attorney[- ]general)\b') THEN 'minister'
    ELSE 'other' END AS rank,
  m.sentence, a.title AS article_title, a.published_at, a.url, m.confidence, a.story_id, m.mention_id
FROM mentions m JOIN articles a USING (article_id)
LEFT JOIN chosen x ON x.mention_id = m.mention_id AND x.country = m.source_country
WHERE m.event_type = 'CONSULT' AND NOT m.is_reciprocal AND a.is_lead
  -- who invites does not visit; "at the invitation of" is another matter
  AND NOT (m.status = 'actual' AND regexp_matches(m.sentence, '(?i)\binvit(e|es|ed|ing)\b'));
COMMENT ON VIEW visits IS 'one visit said of in one sentence of a story''s lead: the visitor is the source, the host the target';
COMMENT ON COLUMN visits.visitor_country IS 'Country of the visitor';
COMMENT ON COLUMN visits.host_country IS 'Country of the host';
COMMENT ON COLUMN visits.status IS 'Did it happen?';
COMMENT ON COLUMN visits.event_date IS 'Day of the visit';
COMMENT ON COLUMN visits.event_date_precision IS 'What the day rests on';
COMMENT ON COLUMN visits.place IS 'Where, as printed';
COMMENT ON COLUMN visits.visitor IS 'Who, where a person of the visiting country is named, else null';
COMMENT ON COLUMN visits.visitor_title IS 'Title of the visitor, lower case';
COMMENT ON COLUMN visits.rank IS 'head of state, head of government, minister or other, by the title; null where no title is printed';
COMMENT ON COLUMN visits.sentence IS 'The sentence';
COMMENT ON COLUMN visits.article_title IS 'Headline';
COMMENT ON COLUMN visits.published_at IS 'Publication, UTC';
COMMENT ON COLUMN visits.url IS 'Address';
COMMENT ON COLUMN visits.confidence IS 'Probability that the row is right';
COMMENT ON COLUMN visits.story_id IS 'The story: several rows of one story tell of one visit';
COMMENT ON COLUMN visits.mention_id IS 'The mention';
