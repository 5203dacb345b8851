-- The sample retailer: types, tables, comments. Keys between tables and indices follow the rows (keys.sql).
CREATE TYPE sales_channel AS ENUM ('web', 'app', 'store', 'phone');
CREATE TYPE order_status AS ENUM ('placed', 'paid', 'shipped', 'delivered', 'cancelled');
CREATE TYPE payment_method AS ENUM ('card', 'wallet', 'bank_transfer', 'gift_card', 'cash');
CREATE TYPE payment_status AS ENUM ('pending', 'settled', 'failed', 'refunded');
CREATE TYPE loyalty_tier AS ENUM ('bronze', 'silver', 'gold', 'platinum');
COMMENT ON SCHEMA public IS 'A retailer of outdoor and home goods: catalogue, customers, sales';

CREATE SCHEMA hr;
COMMENT ON SCHEMA hr IS 'The retailer''s own staff';

-- Places and money
CREATE TABLE countries (
    code char(2) PRIMARY KEY,
    name text NOT NULL,
    region text NOT NULL,
    currency_code char(3) NOT NULL,
    vat_percent numeric(4, 1)
);
COMMENT ON TABLE countries IS 'Countries we sell to or buy from';
COMMENT ON COLUMN countries.code IS 'ISO 3166 code, such as DE';
COMMENT ON COLUMN countries.currency_code IS 'Currency that customers there pay in';
COMMENT ON COLUMN countries.vat_percent IS 'Standard VAT rate; NULL where we collect none';

CREATE TABLE exchange_rates (
    currency_code char(3) NOT NULL,
    rate_date date NOT NULL,
    eur_per_unit numeric(12, 6) NOT NULL,
    PRIMARY KEY (currency_code, rate_date)
);
COMMENT ON TABLE exchange_rates IS 'One rate per currency and day; EUR itself is there with 1';
COMMENT ON COLUMN exchange_rates.eur_per_unit IS 'Euros for one unit: amount * eur_per_unit = euros';

CREATE TABLE stores (
    id integer PRIMARY KEY,
    name text NOT NULL,
    city text NOT NULL,
    country_code char(2) NOT NULL,
    opened_on date NOT NULL,
    closed_on date,
    area_m2 integer NOT NULL,
    opening_hours jsonb NOT NULL
);
COMMENT ON TABLE stores IS 'Shops with a door. Online orders have none';
COMMENT ON COLUMN stores.closed_on IS 'NULL: still open';
COMMENT ON COLUMN stores.opening_hours IS 'Day (mon..sun) to [opens, closes]; a missing day is closed';

CREATE TABLE warehouses (
    id integer PRIMARY KEY,
    name text NOT NULL,
    city text NOT NULL,
    country_code char(2) NOT NULL
);
COMMENT ON TABLE warehouses IS 'Where stock lies and parcels leave';

-- Catalogue
CREATE TABLE suppliers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    country_code char(2) NOT NULL,
    lead_time_days integer NOT NULL,
    rating numeric(2, 1),
    contact jsonb NOT NULL,
    active boolean NOT NULL
);
COMMENT ON TABLE suppliers IS 'Makers and importers we buy products from';
COMMENT ON COLUMN suppliers.rating IS 'Last audit, 1.0 to 5.0; NULL: never audited';
COMMENT ON COLUMN suppliers.contact IS 'Keys: person, email, sometimes phone';
COMMENT ON COLUMN suppliers.active IS 'False: we no longer order from them';

CREATE TABLE categories (
    id integer PRIMARY KEY,
    parent_id integer,
    name text NOT NULL
);
COMMENT ON TABLE categories IS 'Category tree, two to four levels; products hang on leaves';
COMMENT ON COLUMN categories.parent_id IS 'NULL: a department at the top';

CREATE TABLE products (
    id integer PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    category_id integer NOT NULL,
    supplier_id integer NOT NULL,
    list_price_eur numeric(10, 2) NOT NULL,
    unit_cost_eur numeric(10, 2),
    weight_g integer,
    tags text[] NOT NULL,
    attributes jsonb NOT NULL,
    launched_on date NOT NULL,
    discontinued_on date
);
COMMENT ON TABLE products IS 'Everything we sell or sold';
COMMENT ON COLUMN products.category_id IS 'A leaf of the category tree';
COMMENT ON COLUMN products.list_price_eur IS 'Price today; earlier prices are in product_prices';
COMMENT ON COLUMN products.unit_cost_eur IS 'What we pay for one; NULL: sold on commission, or a gift card';
COMMENT ON COLUMN products.weight_g IS 'Grams; NULL: nothing to ship (gift cards)';
COMMENT ON COLUMN products.tags IS 'Any of eco, bestseller, gift, clearance, handmade, limited';
COMMENT ON COLUMN products.attributes IS 'Keys vary: colour, material, warranty_years, waterproof, capacity_l';
COMMENT ON COLUMN products.discontinued_on IS 'NULL: still sold';

CREATE TABLE product_prices (
    product_id integer NOT NULL,
    valid daterange NOT NULL,
    price_eur numeric(10, 2) NOT NULL,
    PRIMARY KEY (product_id, valid)
);
COMMENT ON TABLE product_prices IS 'List prices over time, without gaps or overlaps';
COMMENT ON COLUMN product_prices.valid IS 'Without upper bound: the price of today';

CREATE TABLE promotions (
    id integer PRIMARY KEY,
    name text NOT NULL,
    code text NOT NULL UNIQUE,
    runs daterange NOT NULL,
    percent_off integer NOT NULL,
    category_id integer,
    channels sales_channel[] NOT NULL
);
COMMENT ON TABLE promotions IS 'Discount campaigns';
COMMENT ON COLUMN promotions.code IS 'What customers type in';
COMMENT ON COLUMN promotions.category_id IS 'Holds for all categories below it; NULL: for everything';
COMMENT ON COLUMN promotions.channels IS 'Where it can be used';

CREATE TABLE stock_levels (
    warehouse_id integer NOT NULL,
    product_id integer NOT NULL,
    on_hand integer NOT NULL,
    reserved integer NOT NULL,
    reorder_point integer,
    counted_on date NOT NULL,
    PRIMARY KEY (warehouse_id, product_id)
);
COMMENT ON TABLE stock_levels IS 'Stock now, per warehouse and product';
COMMENT ON COLUMN stock_levels.reserved IS 'Part of on_hand that is promised to orders';
COMMENT ON COLUMN stock_levels.reorder_point IS 'Buy more below this; NULL: not bought any more';
COMMENT ON COLUMN stock_levels.counted_on IS 'Last count by hand';

-- Customers
CREATE TABLE companies (
    id integer PRIMARY KEY,
    name text NOT NULL,
    country_code char(2) NOT NULL,
    industry text NOT NULL,
    credit_limit_eur numeric(10, 2)
);
COMMENT ON TABLE companies IS 'Business accounts; people who order for them are customers';
COMMENT ON COLUMN companies.credit_limit_eur IS 'NULL: must pay in advance';

CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    phone text,
    company_id integer,
    city text NOT NULL,
    country_code char(2) NOT NULL,
    birth_date date,
    signed_up_at timestamptz NOT NULL,
    loyalty loyalty_tier,
    preferences jsonb
);
COMMENT ON TABLE customers IS 'People with an account. Names are not unique';
COMMENT ON COLUMN customers.company_id IS 'Orders for this company; NULL: a private person';
COMMENT ON COLUMN customers.birth_date IS 'NULL: not told';
COMMENT ON COLUMN customers.loyalty IS 'NULL: not in the loyalty programme';
COMMENT ON COLUMN customers.preferences IS 'Keys: language, newsletter (true or false), topics (list); NULL: never asked';

-- Sales
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL,
    channel sales_channel NOT NULL,
    store_id integer,
    employee_id integer,
    status order_status NOT NULL,
    ordered_at timestamptz NOT NULL,
    invoiced_on date,
    promotion_id integer,
    currency_code char(3) NOT NULL,
    shipping_fee numeric(10, 2) NOT NULL,
    total numeric(12, 2) NOT NULL,
    total_eur numeric(12, 2) NOT NULL
);
COMMENT ON TABLE orders IS 'One row per order. Sales and revenue leave out cancelled orders';
COMMENT ON COLUMN orders.store_id IS 'NULL: not bought in a store';
COMMENT ON COLUMN orders.employee_id IS 'Who sold it; NULL: web and app';
COMMENT ON COLUMN orders.ordered_at IS 'When the customer placed it: the date of sales figures';
COMMENT ON COLUMN orders.invoiced_on IS 'Date for accounting; NULL: no invoice yet, or cancelled';
COMMENT ON COLUMN orders.promotion_id IS 'NULL: no discount campaign used';
COMMENT ON COLUMN orders.currency_code IS 'Currency of all amounts of this order but total_eur';
COMMENT ON COLUMN orders.shipping_fee IS 'Part of total';
COMMENT ON COLUMN orders.total IS 'What the customer pays, in currency_code; before returns';
COMMENT ON COLUMN orders.total_eur IS 'total in euros at the rate of the day: add up this one';

CREATE TABLE order_items (
    order_id integer NOT NULL,
    line_no integer NOT NULL,
    product_id integer NOT NULL,
    quantity integer NOT NULL,
    unit_price numeric(10, 2) NOT NULL,
    discount numeric(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line_no)
);
COMMENT ON TABLE order_items IS 'Lines of an order. Line amount = quantity * unit_price - discount';
COMMENT ON COLUMN order_items.unit_price IS 'In the order''s currency';
COMMENT ON COLUMN order_items.discount IS 'Off the whole line, in the order''s currency; 0: none';

CREATE TABLE payments (
    id integer PRIMARY KEY,
    order_id integer NOT NULL,
    method payment_method NOT NULL,
    status payment_status NOT NULL,
    amount numeric(12, 2) NOT NULL,
    paid_at timestamptz,
    reference uuid NOT NULL
);
COMMENT ON TABLE payments IS 'Payments and attempts; an order may have several';
COMMENT ON COLUMN payments.status IS 'Only settled is money we have; refunded: paid back after a cancellation';
COMMENT ON COLUMN payments.amount IS 'In the order''s currency';
COMMENT ON COLUMN payments.paid_at IS 'NULL: not paid (pending or failed)';

CREATE TABLE shipment_states (
    code char(2) PRIMARY KEY,
    meaning text NOT NULL
);
COMMENT ON TABLE shipment_states IS 'What shipments.state_code means';

CREATE TABLE shipments (
    id integer PRIMARY KEY,
    order_id integer NOT NULL,
    warehouse_id integer NOT NULL,
    carrier text NOT NULL,
    state_code char(2) NOT NULL,
    shipped_at timestamptz NOT NULL,
    delivered_at timestamptz
);
COMMENT ON TABLE shipments IS 'Parcels; an order may have two. None for store purchases';
COMMENT ON COLUMN shipments.delivered_at IS 'NULL: not delivered (yet, or ever: see state_code)';

CREATE TABLE return_reasons (
    code text PRIMARY KEY,
    meaning text NOT NULL
);
COMMENT ON TABLE return_reasons IS 'What returns.reason_code means';

CREATE TABLE returns (
    id integer PRIMARY KEY,
    order_id integer NOT NULL,
    line_no integer NOT NULL,
    quantity integer NOT NULL,
    reason_code text NOT NULL,
    requested_on date NOT NULL,
    received_on date,
    refund_amount numeric(10, 2),
    refunded_on date
);
COMMENT ON TABLE returns IS 'Order lines sent back, whole or in part';
COMMENT ON COLUMN returns.received_on IS 'NULL: not back in the warehouse';
COMMENT ON COLUMN returns.refund_amount IS 'In the order''s currency; NULL: not decided, or refused';
COMMENT ON COLUMN returns.refunded_on IS 'NULL: no money paid back';

-- What customers say and do
CREATE TABLE reviews (
    id integer PRIMARY KEY,
    product_id integer NOT NULL,
    customer_id integer NOT NULL,
    rating integer NOT NULL,
    title text NOT NULL,
    body text,
    helpful_votes integer NOT NULL,
    written_at timestamptz NOT NULL,
    search tsvector GENERATED ALWAYS AS (to_tsvector('english', title || ' ' || coalesce(body, ''))) STORED
);
COMMENT ON TABLE reviews IS 'Product reviews by buyers';
COMMENT ON COLUMN reviews.rating IS '1 (bad) to 5 (good)';
COMMENT ON COLUMN reviews.body IS 'NULL: only a title';
COMMENT ON COLUMN reviews.search IS 'English full text of title and body, for search @@ websearch_to_tsquery(...)';

CREATE TABLE web_visits (
    id bigint NOT NULL,
    visited_at timestamptz NOT NULL,
    visitor_id uuid NOT NULL,
    customer_id integer,
    source text NOT NULL,
    device text NOT NULL,
    ip inet NOT NULL,
    pages integer NOT NULL,
    seconds integer,
    product_id integer,
    PRIMARY KEY (id, visited_at)
) PARTITION BY RANGE (visited_at);
COMMENT ON TABLE web_visits IS 'Visits of the web shop, a partition per year';
COMMENT ON COLUMN web_visits.visitor_id IS 'The browser''s cookie; stays the same between visits';
COMMENT ON COLUMN web_visits.customer_id IS 'NULL: not logged in';
COMMENT ON COLUMN web_visits.source IS 'search, direct, newsletter, social, ad or partner';
COMMENT ON COLUMN web_visits.device IS 'phone, desktop or tablet';
COMMENT ON COLUMN web_visits.seconds IS 'Time on the site; NULL: left after one page';
COMMENT ON COLUMN web_visits.product_id IS 'First product looked at; NULL: none';

-- Staff
CREATE TABLE hr.employees (
    id integer PRIMARY KEY,
    name text NOT NULL,
    job_title text NOT NULL,
    department text NOT NULL,
    manager_id integer,
    store_id integer,
    hired_on date NOT NULL,
    ended_on date,
    salary_eur numeric(10, 2) NOT NULL,
    languages text[] NOT NULL
);
COMMENT ON TABLE hr.employees IS 'Staff, present and past';
COMMENT ON COLUMN hr.employees.manager_id IS 'NULL: the managing director';
COMMENT ON COLUMN hr.employees.store_id IS 'NULL: works at head office';
COMMENT ON COLUMN hr.employees.ended_on IS 'NULL: still employed';
COMMENT ON COLUMN hr.employees.salary_eur IS 'Per year';

CREATE VIEW monthly_sales AS
SELECT date_trunc('month', o.ordered_at)::date AS month,
       c.country_code,
       o.channel,
       count(*) AS orders,
       sum(o.total_eur) AS revenue_eur
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
WHERE o.status <> 'cancelled'
GROUP BY 1, 2, 3;
COMMENT ON VIEW monthly_sales IS 'Orders and revenue by month, customer country and channel; no cancelled orders';
