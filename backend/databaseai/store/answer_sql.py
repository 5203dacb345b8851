"""The statements of the answers repository: constants, put together from constants."""

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSON

COLUMNS = """answer.id, answer.asker, answer.data_source, answer.conversation_id, answer.question,
    answer.status, answer.sql, answer.model, answer.usage, answer.attempt, answer.owner, answer.stop_asked,
    answer.answer_anyway, answer.started_at, answer.finished_at"""
LEASE = "clock_timestamp() + :lease_s * interval '1 second'"
KEEP = """kept AS (
    INSERT INTO answer_event (answer_id, sequence, kind, data, cuts)
    SELECT mine.id, given.sequence, given.kind, given.data::json,
        (SELECT array_agg(cut::int) FROM json_array_elements_text(given.cuts::json) AS cut)
    FROM mine, unnest(
        CAST(:sequences AS int[]), CAST(:kinds AS text[]), CAST(:data AS text[]), CAST(:cuts AS text[])
    ) AS given (sequence, kind, data, cuts)
    ON CONFLICT DO NOTHING
)"""

CREATE = text(f"""
WITH made AS (
    INSERT INTO answer
        (id, asker, data_source, conversation_id, question, answer_anyway, idempotency_key, owner,
        lease_until)
    VALUES (:id, :asker, :data_source, :conversation, :question, :anyway, :key, :owner, {LEASE})
    ON CONFLICT DO NOTHING
    RETURNING {COLUMNS}
), talk AS (
    INSERT INTO conversation (id, asker, data_source)
    SELECT conversation_id, asker, data_source FROM made
    ON CONFLICT DO NOTHING
), first AS (
    INSERT INTO answer_event (answer_id, sequence, kind, data)
    SELECT id, 1, 'accepted', CAST(:accepted AS json) FROM made
)
SELECT * FROM made""")  # noqa: S608
BY_KEY = text(f"""
SELECT {COLUMNS} FROM answer WHERE asker = :asker AND (idempotency_key = :key OR id = :id)""")  # noqa: S608
GET = text(f"SELECT {COLUMNS} FROM answer WHERE id = :id AND asker = :asker")  # noqa: S608
EVENTS = text("""
SELECT sequence, kind, data::text AS data, cuts FROM answer_event
WHERE answer_id = :id AND sequence > :after ORDER BY sequence""")
APPEND = text(f"""
WITH mine AS (
    UPDATE answer SET lease_until = {LEASE}
    WHERE id = :id AND owner = :owner AND status = 'running'
    RETURNING id
), {KEEP}
SELECT id FROM mine""")  # noqa: S608
FINISH = text(f"""
WITH mine AS (
    UPDATE answer SET status = :status, sql = :sql, model = :model, usage = :usage, problem_code = :code,
        finished_at = clock_timestamp(), lease_until = NULL, owner = NULL
    WHERE id = :id AND owner = :owner AND status = 'running'
    RETURNING id
), {KEEP}
SELECT id FROM mine""").bindparams(bindparam("usage", type_=JSON(none_as_null=True)))  # noqa: S608
FINISHED = text("SELECT FROM answer_event WHERE answer_id = :id AND sequence = :sequence")
RENEW = text(f"""
UPDATE answer SET lease_until = {LEASE} WHERE owner = :owner AND status = 'running'
RETURNING id, stop_asked""")  # noqa: S608
TAKE_OVER = text(f"""
UPDATE answer SET owner = :owner, lease_until = {LEASE}, attempt = attempt + 1
WHERE id IN (
    SELECT id FROM answer WHERE status = 'running' AND lease_until < clock_timestamp()
    ORDER BY lease_until LIMIT :most FOR UPDATE SKIP LOCKED
) RETURNING {COLUMNS}""")  # noqa: S608
RELEASE = text(
    "UPDATE answer SET lease_until = clock_timestamp() WHERE owner = :owner AND status = 'running'"
)
OWNERS = text("SELECT DISTINCT owner FROM answer WHERE status = 'running' AND owner IS NOT NULL")
ASK_TO_STOP = text("""
UPDATE answer SET stop_asked = true WHERE id = :id AND asker = :asker AND status = 'running' RETURNING id""")
EXCHANGES = text("""
SELECT conversation.asker = :asker AS own, answer.question, answer.sql FROM conversation
LEFT JOIN answer ON answer.conversation_id = conversation.id AND answer.status = 'answered'
WHERE conversation.id = :id
ORDER BY answer.started_at""")
