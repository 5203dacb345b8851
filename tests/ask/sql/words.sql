-- Extensions in a schema of their own, which the login's search path holds.
CREATE SCHEMA ext; CREATE EXTENSION pg_trgm SCHEMA ext; CREATE EXTENSION fuzzystrmatch SCHEMA ext; CREATE EXTENSION unaccent SCHEMA ext; CREATE EXTENSION cube SCHEMA ext; CREATE EXTENSION earthdistance SCHEMA ext; CREATE EXTENSION intarray SCHEMA ext; CREATE EXTENSION vector SCHEMA ext; CREATE EXTENSION isn SCHEMA ext; CREATE EXTENSION btree_gist SCHEMA ext; CREATE EXTENSION seg SCHEMA ext;
CREATE TABLE doc (id int, name text, emb ext.vector(3), ids int[], pos ext.cube, lat float8, lon float8, isbn ext.isbn13);
INSERT INTO doc SELECT i, 'Ärger '||i, ARRAY[i,i*2,1]::ext.vector(3), ARRAY[i,i+1], ext.cube(ARRAY[i,2]::float8[]), 48+i/10.0, 11, NULL FROM generate_series(1,10) i;
ALTER DATABASE words SET search_path = public, ext;
