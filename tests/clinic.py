"""A clinic whose database holds what nobody may see: every such value is a canary."""

from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.catalog.introspection import introspect
from databaseai.catalog.policy import Policy, policy
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.embedded.reader import ensure_database, ensure_reader
from databaseai.settings import CatalogSettings

CANARIES = ("canary", "4711", "1984-07-13", "13:37")
"""No result, prompt or sample may hold one of these; every denied or masked value does."""
SCHEMAS = ("public", "Odd.Schema")
SCHEMA = """
CREATE SCHEMA "Odd.Schema";
CREATE TYPE mood AS ENUM ('fine', 'canary');
CREATE TABLE patient (
    id int PRIMARY KEY, name text NOT NULL, email text UNIQUE, ssn text, phone varchar(30), born date,
    salary int, seen timestamptz, feels mood, city text, notes jsonb, tags text[]
);
COMMENT ON COLUMN patient.email IS 'how to reach them';
CREATE TABLE visit (
    id int PRIMARY KEY, patient_id int REFERENCES patient, ssn text, cost numeric(8,2),
    email text REFERENCES patient (email), extra json
);
CREATE TABLE vault (id int, secret text);
CREATE TABLE city (name text PRIMARY KEY, country text);
CREATE TABLE person (id int, alias text);
CREATE TABLE doctor (ward text) INHERITS (person);
CREATE TABLE lab (id int, day date, result text) PARTITION BY RANGE (day);
CREATE TABLE lab_2024 PARTITION OF lab FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE "Odd.Schema"."Odd ""Table"" 1" ("the ""key"" x" int PRIMARY KEY, "Sec.ret" text, "select" text);
CREATE TABLE bill (id int, total int, rounded int GENERATED ALWAYS AS (total - total % 10) STORED);
CREATE VIEW patient_card AS SELECT id, email FROM patient;
CREATE VIEW patient_cards AS SELECT * FROM patient_card;
CREATE VIEW patient_count AS SELECT city, count(*) AS patients FROM patient GROUP BY city;
CREATE VIEW patient_json AS SELECT to_json(p) AS everything FROM patient p;
CREATE MATERIALIZED VIEW patient_copy AS SELECT id, salary FROM patient;
CREATE VIEW vault_size AS SELECT count(*) FROM vault;
CREATE VIEW looked_at AS SELECT id, email AS contact FROM patient;
INSERT INTO patient
SELECT n, 'name ' || n, 'canary' || n || '@example.org',
     'canary-ssn-' || n, '+49 canary 00' || 10 + n,
    '1984-07-13', 4711, '1984-07-13 13:37', 'canary', CASE WHEN n % 2 = 0 THEN 'Lisbon' ELSE 'Porto' END,
    '{"k": "canary"}', '{canary}'
FROM generate_series(1, 6) n;
INSERT INTO visit
SELECT n, 1 + n % 6, 'canary-ssn-' || 1 + n % 6, n * 10, 'canary' || 1 + n % 6 || '@example.org'
FROM generate_series(1, 12) n;
INSERT INTO vault VALUES (1, 'canary');
INSERT INTO city VALUES ('Lisbon', 'PT'), ('Porto', 'PT');
INSERT INTO person VALUES (1, 'canary');
INSERT INTO doctor VALUES (2, 'canary', 'east');
INSERT INTO lab VALUES (1, '2024-05-05', 'canary');
INSERT INTO "Odd.Schema"."Odd ""Table"" 1" VALUES (1, 'canary', 'open');
REFRESH MATERIALIZED VIEW patient_copy;
ANALYZE;
"""
POLICY: dict[str, Any] = {
    "tables": {"deny": ["public.vault"], "allow": ["*.*", "public.looked_at"]},
    "columns": {
        "deny": ["public.*.ssn", "public.patient.notes", "public.lab.result", '"Odd.Schema".*."Sec.ret"']
    },
    "masks": {
        "public.patient.email": "hash",
        "public.visit.email": "hash",
        "public.patient.phone": "last4",
        "public.patient.born": "year",
        "public.patient.salary": "band:1000",
        "public.patient.seen": "month",
        "public.patient.feels": "null",
        "public.patient.tags": "null",
        "public.person.alias": "null",
        "public.looked_at.contact": "domain",
    },
}
"""`looked_at` reads a masked column, and somebody looked at it."""


async def build(postgres: EmbeddedPostgres, name: str) -> tuple[str, str]:
    """A database with the clinic; the admin's URL and the reader's, who may read all of it."""
    await ensure_database(postgres.dsn("postgres"), name)
    admin = postgres.dsn(name)
    async with await AsyncConnection.connect(admin, autocommit=True) as connection:
        await connection.execute(SCHEMA)
    return admin, await ensure_reader(admin, name, postgres.home, schemas=SCHEMAS)


async def look(reader: str, rules: Policy | dict[str, Any] | None, **settings: Any) -> Catalog:
    """The catalog under a policy."""
    found = policy(rules) if isinstance(rules, dict) else rules
    async with await psycopg.AsyncConnection.connect(reader, autocommit=True) as connection:
        return await introspect(connection, CatalogSettings(**settings), found)
