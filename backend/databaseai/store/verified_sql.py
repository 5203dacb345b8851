"""The statements of the verified queries repository: constants, put together from constants."""

from sqlalchemy import text

COLUMNS = """verified_query.id, verified_query.data_source, verified_query.question, verified_query.sql,
    verified_query.state, verified_query.proposed_by, verified_query.proposed_at, verified_query.decided_by,
    verified_query.decided_at, verified_query.checked_at, verified_query.broken_code,
    verified_query.broken_detail"""
STANDING = "state IN ('approved', 'broken')"

PROPOSE = text(f"""
INSERT INTO verified_query (id, data_source, question, question_key, sql, state, answer_id, proposed_by)
VALUES (:id, :data_source, :question, :key, :sql, 'proposed', :answer_id, :who)
ON CONFLICT (id) DO UPDATE SET id = verified_query.id
RETURNING {COLUMNS}""")  # noqa: S608
GET = text(f"SELECT {COLUMNS} FROM verified_query WHERE data_source = :data_source AND id = :id")  # noqa: S608
LISTED = text(f"""
SELECT {COLUMNS} FROM verified_query
WHERE data_source = :data_source AND (CAST(:state AS text) IS NULL OR state = :state)
ORDER BY id DESC LIMIT :most""")  # noqa: S608
APPROVED = text(f"""
SELECT {COLUMNS} FROM verified_query
WHERE data_source = :data_source AND state = 'approved' ORDER BY decided_at DESC LIMIT :most""")  # noqa: S608
VERSION = text("""
SELECT count(*) AS rows, max(changed_at) AS latest FROM verified_query WHERE data_source = :data_source""")
LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('verified_query ' || :data_source, 0))")
"""One decision at a time in a data source: two people may approve two answers to one question."""
REPLACE = text("""
UPDATE verified_query AS other SET state = 'rejected', changed_at = clock_timestamp(),
    decided_by = :who, decided_at = clock_timestamp()
FROM verified_query AS mine
WHERE mine.data_source = :data_source AND mine.id = :id AND other.data_source = mine.data_source
    AND other.question_key = mine.question_key AND other.id <> mine.id
    AND other.state IN ('approved', 'broken')""")
DECIDE = text(f"""
UPDATE verified_query SET state = :state, decided_by = :who, decided_at = clock_timestamp(),
    changed_at = clock_timestamp(), checked_at = CASE WHEN :state = 'approved' THEN clock_timestamp() END,
    checked_catalog = :catalog, broken_code = NULL, broken_detail = ''
WHERE data_source = :data_source AND id = :id
RETURNING {COLUMNS}""")  # noqa: S608
UNCHECKED = text(f"""
SELECT {COLUMNS} FROM verified_query
WHERE data_source = :data_source AND {STANDING} AND checked_catalog IS DISTINCT FROM :catalog
ORDER BY id LIMIT :most""")  # noqa: S608
WORKS = text(f"""
UPDATE verified_query SET checked_at = clock_timestamp(), checked_catalog = :catalog,
    changed_at = CASE WHEN state = 'approved' THEN changed_at ELSE clock_timestamp() END,
    state = 'approved', broken_code = NULL, broken_detail = ''
WHERE data_source = :data_source AND id = :id AND {STANDING}
RETURNING id""")  # noqa: S608
BROKE = text(f"""
UPDATE verified_query SET checked_at = clock_timestamp(), checked_catalog = :catalog,
    changed_at = clock_timestamp(), state = 'broken', broken_code = :code, broken_detail = :detail
WHERE data_source = :data_source AND id = :id AND {STANDING}
RETURNING id""")  # noqa: S608
