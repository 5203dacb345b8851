-- Functions and operators of extensions, over tests/ask/sql/words.sql. Same rules as honest.sql.

-- case: words: likeness of texts
SELECT id, similarity(name, 'arger'), word_similarity('ger', name), name % 'Ärger 1', name <-> 'Ärger 2', 'ger' <% name, show_trgm('ab') FROM doc ORDER BY name <-> 'Ärger 3', id
-- case: words: distance and sound of words
SELECT levenshtein(name, 'x'), soundex(name), difference('a', 'b'), metaphone('Thompson', 4), dmetaphone('x'), unaccent(name), lower(unaccent(name)) = 'arger 1' FROM doc ORDER BY id
-- case: words: vectors
SELECT id, emb, emb <-> '[1,2,3]' AS d, emb <=> '[1,1,1]'::vector, emb <#> '[1,1,1]', l2_distance(emb, '[0,0,0]'), cosine_distance(emb, '[1,0,0]'), vector_dims(emb), vector_norm(emb), avg(emb) OVER () FROM doc ORDER BY emb <-> '[3,1,2]' LIMIT 3
-- case: words: sums of vectors
SELECT sum(emb), avg(emb), '[1,2]'::vector(2) + '[1,1]', '[1,2,3]'::ext.vector FROM doc
-- case: words: sets of integers
SELECT icount(ids), ids & '{3}'::int[], ids | 7, ids @@ '1|2'::query_int, sort(ids, 'desc'), idx(ids, 2), ids + 5, uniq(ids), ids - 1 FROM doc ORDER BY id LIMIT 3
-- case: words: points and boxes
SELECT pos, cube_distance(pos, cube(1, 1)), pos <-> cube(ARRAY[0,0]::float8[]), cube_dim(pos), pos -> 1, pos && cube(0, 5) FROM doc ORDER BY id LIMIT 3
-- case: words: distances on a globe
SELECT earth_distance(ll_to_earth(lat, lon), ll_to_earth(48, 11))::int, point(lon, lat) <@> point(11, 48) FROM doc ORDER BY id LIMIT 3
-- case: words: distances of dates
SELECT date '2025-01-01' <-> date '2025-02-01', 5 <-> 3, isbn FROM doc LIMIT 1
-- case: words: a join on likeness
SELECT d.id FROM doc d JOIN doc e ON similarity(d.name, e.name) > 0.5 AND d.id < e.id ORDER BY 1 LIMIT 3
-- case: words: functions by their schema
SELECT ext.similarity(name, 'x'), ext.unaccent('é') FROM doc ORDER BY id LIMIT 1
