-- Keys between tables and indices, declared when the rows are in.
ALTER TABLE stores ADD FOREIGN KEY (country_code) REFERENCES countries;
ALTER TABLE warehouses ADD FOREIGN KEY (country_code) REFERENCES countries;
ALTER TABLE suppliers ADD FOREIGN KEY (country_code) REFERENCES countries;
ALTER TABLE categories ADD FOREIGN KEY (parent_id) REFERENCES categories;
ALTER TABLE products ADD FOREIGN KEY (category_id) REFERENCES categories,
    ADD FOREIGN KEY (supplier_id) REFERENCES suppliers;
ALTER TABLE product_prices ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE promotions ADD FOREIGN KEY (category_id) REFERENCES categories;
ALTER TABLE stock_levels ADD FOREIGN KEY (warehouse_id) REFERENCES warehouses,
    ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE companies ADD FOREIGN KEY (country_code) REFERENCES countries;
ALTER TABLE customers ADD FOREIGN KEY (company_id) REFERENCES companies,
    ADD FOREIGN KEY (country_code) REFERENCES countries;
ALTER TABLE hr.employees ADD FOREIGN KEY (manager_id) REFERENCES hr.employees,
    ADD FOREIGN KEY (store_id) REFERENCES stores;
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers,
    ADD FOREIGN KEY (store_id) REFERENCES stores,
    ADD FOREIGN KEY (employee_id) REFERENCES hr.employees,
    ADD FOREIGN KEY (promotion_id) REFERENCES promotions;
ALTER TABLE order_items ADD FOREIGN KEY (order_id) REFERENCES orders,
    ADD FOREIGN KEY (product_id) REFERENCES products;
ALTER TABLE payments ADD FOREIGN KEY (order_id) REFERENCES orders;
ALTER TABLE shipments ADD FOREIGN KEY (order_id) REFERENCES orders,
    ADD FOREIGN KEY (warehouse_id) REFERENCES warehouses,
    ADD FOREIGN KEY (state_code) REFERENCES shipment_states;
ALTER TABLE returns ADD FOREIGN KEY (order_id, line_no) REFERENCES order_items,
    ADD FOREIGN KEY (reason_code) REFERENCES return_reasons;
ALTER TABLE reviews ADD FOREIGN KEY (product_id) REFERENCES products,
    ADD FOREIGN KEY (customer_id) REFERENCES customers;
ALTER TABLE web_visits ADD FOREIGN KEY (customer_id) REFERENCES customers,
    ADD FOREIGN KEY (product_id) REFERENCES products;

CREATE INDEX ON products (category_id);
CREATE INDEX ON products USING gin (tags);
CREATE INDEX ON customers (country_code);
CREATE INDEX ON customers (company_id);
CREATE INDEX ON orders (customer_id);
CREATE INDEX ON orders (ordered_at);
CREATE INDEX ON order_items (product_id);
CREATE INDEX ON payments (order_id);
CREATE INDEX ON shipments (order_id);
CREATE INDEX ON returns (order_id, line_no);
CREATE INDEX ON reviews (product_id);
CREATE INDEX ON reviews USING gin (search);
CREATE INDEX ON web_visits (visited_at);
CREATE INDEX ON hr.employees (manager_id);
