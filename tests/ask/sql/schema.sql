-- A small shop for the gate's tests: every kind of column and relation, and functions that an attack would call.
CREATE TYPE order_state AS ENUM ('new', 'paid', 'shipped', 'returned');
CREATE TABLE customer (
    customer_id int PRIMARY KEY, name text NOT NULL, email text, country text, city text, signed_up date,
    tags text[] NOT NULL DEFAULT '{}', profile jsonb, parent_id int REFERENCES customer
);
CREATE TABLE product (
    product_id int PRIMARY KEY, name text NOT NULL, category text, price numeric(12, 2), weight real,
    attributes jsonb, search tsvector
);
CREATE TABLE orders (
    order_id bigint PRIMARY KEY, customer_id int NOT NULL REFERENCES customer, state order_state NOT NULL,
    ordered_at timestamptz NOT NULL, shipped_on date, total numeric(12, 2), currency char(3) NOT NULL,
    discount double precision, note text
);
CREATE TABLE order_line (
    order_id bigint NOT NULL REFERENCES orders, line_no int NOT NULL, product_id int NOT NULL REFERENCES product,
    quantity int NOT NULL, unit_price numeric(12, 2) NOT NULL, PRIMARY KEY (order_id, line_no)
);
CREATE TABLE booking (room text, during daterange, at_time tsrange, host_ip inet, opens time, took interval, raw bytea);
CREATE TABLE event (happened_at timestamptz NOT NULL, kind text, payload json) PARTITION BY RANGE (happened_at);
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE "Price List" ("Product Id" int, "Preis in €" numeric(10, 2), "select" text);
CREATE SCHEMA sales;
CREATE TABLE sales.target (country text, year int, month int, amount numeric);
CREATE TABLE sales.customer (customer_id int, owner text);
CREATE SCHEMA "Odd Schema";
CREATE TABLE "Odd Schema"."Tábla" (id int, "Név" text);
CREATE VIEW paid_order AS SELECT order_id, customer_id, total FROM orders WHERE state = 'paid';
CREATE TABLE secret (id int, password text);

INSERT INTO customer
SELECT n, 'Customer ' || n, CASE WHEN n % 7 > 0 THEN 'c' || n || '@example.com' END, (ARRAY['DE', 'FR', 'HU', NULL])[n % 4 + 1],
    'City ' || n % 10, DATE '2024-01-01' + n, ARRAY['t' || n % 3, 'vip'], jsonb_build_object('age', 20 + n, 'langs', jsonb_build_array('de', 'en')),
    CASE WHEN n > 5 THEN n / 5 END
FROM generate_series(1, 60) n;
INSERT INTO product
SELECT n, 'Product ' || n, (ARRAY['Toys', 'Books', 'Garden'])[n % 3 + 1], n * 1.25, n / 3.0,
    jsonb_build_object('colour', (ARRAY['red', 'blue'])[n % 2 + 1], 'size', n), to_tsvector('english', 'a product number ' || n || ' running')
FROM generate_series(1, 30) n;
INSERT INTO orders
SELECT n, n % 60 + 1, (ARRAY['new', 'paid', 'shipped', 'returned'])[n % 4 + 1]::order_state, timestamptz '2025-01-01 08:00+00' + n * interval '31 hours',
    CASE WHEN n % 4 = 2 THEN DATE '2025-01-03' + n END, n * 3.5, (ARRAY['EUR', 'USD'])[n % 2 + 1],
    CASE n % 50 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' ELSE n / 100.0 END, CASE WHEN n % 5 = 0 THEN 'gift 100%' END
FROM generate_series(1, 200) n;
INSERT INTO order_line SELECT o, l, (o * l) % 30 + 1, l + o % 3, ((o * l) % 30 + 1) * 1.25 FROM generate_series(1, 200) o, generate_series(1, 3) l;
INSERT INTO booking
SELECT 'Room ' || n % 3, daterange(DATE '2025-03-01' + n, DATE '2025-03-04' + n), tsrange(timestamp '2025-03-01' + n * interval '1 hour', NULL),
    ('10.0.0.' || n)::inet, time '08:00' + n * interval '5 min', n * interval '1 hour', decode(lpad(to_hex(n), 4, '0'), 'hex')
FROM generate_series(1, 20) n;
INSERT INTO event SELECT timestamptz '2025-06-01 00:00+00' + n * interval '5 days', (ARRAY['view', 'buy'])[n % 2 + 1], json_build_object('n', n) FROM generate_series(1, 60) n;
INSERT INTO "Price List" SELECT n, n * 2.5, 'x' FROM generate_series(1, 10) n;
INSERT INTO sales.target SELECT c, 2025, m, m * 100 FROM unnest(ARRAY['DE', 'FR', 'HU']) c, generate_series(1, 12) m;
INSERT INTO sales.customer SELECT n, 'owner ' || n % 3 FROM generate_series(1, 60) n;
INSERT INTO "Odd Schema"."Tábla" SELECT n, 'név ' || n FROM generate_series(1, 5) n;
INSERT INTO secret VALUES (1, 'hunter2');

-- What an attack finds on a real server.
CREATE TABLE attack_log (what text);
CREATE SEQUENCE counter;
CREATE FUNCTION evil() RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('evil'); RETURN 1; END $$;
CREATE FUNCTION evil(x int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('evil int'); RETURN x; END $$;
CREATE FUNCTION sum(x text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('sum'); RETURN x; END $$;
CREATE FUNCTION "Upper"(x text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('Upper'); RETURN x; END $$;
CREATE FUNCTION nice_label(c customer) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('label'); RETURN c.name; END $$;
CREATE FUNCTION upper(a text, b text) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('upper'); RETURN a; END $$;
CREATE FUNCTION evil_op(a int, b int) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('op'); RETURN true; END $$;
CREATE OPERATOR <=> (LEFTARG = int, RIGHTARG = int, FUNCTION = evil_op);
CREATE OPERATOR ~~~ (LEFTARG = int, RIGHTARG = int, FUNCTION = evil_op);
CREATE FUNCTION evil_check(x text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('domain'); RETURN true; END $$;
CREATE DOMAIN evil_domain AS text CHECK (public.evil_check(VALUE));
CREATE FUNCTION run_sql(q text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN EXECUTE q; RETURN 'ok'; END $$;
CREATE FUNCTION target_text(t sales.target) RETURNS text LANGUAGE plpgsql VOLATILE AS $$ BEGIN INSERT INTO public.attack_log VALUES ('row cast'); RETURN t.country; END $$;
CREATE CAST (sales.target AS text) WITH FUNCTION target_text(sales.target) AS IMPLICIT;
