"""Questions with queries that quietly count wrong: what the sentinel is measured on.

`FIRST` was written while its rules were made, `SECOND` after they were fixed. A plant: database,
question, SQL, and the kinds of which one must be found.
"""

CLINIC = """
CREATE TABLE ward (id int PRIMARY KEY, name text NOT NULL, floor int NOT NULL);
CREATE TABLE doctor (id int PRIMARY KEY, name text NOT NULL, ward_id int REFERENCES ward, grade text);
CREATE TABLE patient (id int PRIMARY KEY, name text NOT NULL, born date, insurer text, city text NOT NULL);
CREATE TABLE visit (id int PRIMARY KEY, patient_id int NOT NULL REFERENCES patient,
  doctor_id int REFERENCES doctor, seen_at timestamp NOT NULL, fee numeric(8, 2) NOT NULL, outcome text,
  minutes int NOT NULL);
CREATE TABLE prescription (id int PRIMARY KEY, visit_id int NOT NULL REFERENCES visit, drug text NOT NULL,
  mg int NOT NULL, price numeric(8, 2) NOT NULL);
CREATE TABLE lab_test (id int PRIMARY KEY, visit_id int NOT NULL REFERENCES visit, name text NOT NULL,
  cost numeric(8, 2) NOT NULL);
INSERT INTO ward SELECT n, 'Ward ' || n, n % 4 FROM generate_series(1, 9) n;
INSERT INTO doctor SELECT n, 'Dr ' || (ARRAY['Abel', 'Brandt', 'Costa', 'Diaz'])[1 + n % 4] || ' ' || n % 33,
  CASE WHEN n % 10 > 0 THEN 1 + n % 8 END, CASE WHEN n % 3 > 0 THEN 'Senior' END FROM generate_series(1,
  40) n;
INSERT INTO patient SELECT n, 'Patient ' || n % 340, date '1950-01-01' + n * 37,
  CASE WHEN n % 7 > 1 THEN (ARRAY['Alta', 'Beta'])[1 + n % 2] END, (ARRAY['Lisbon', 'Porto',
  'Faro'])[1 + n % 3]
  FROM generate_series(1, 400) n;
INSERT INTO visit SELECT n, 1 + n * 7 % 360, CASE WHEN n % 11 > 0 THEN 1 + n % 36 END,
  timestamp '2025-01-01 08:00' + n * interval '5 hours', 20 + n % 90,
  CASE WHEN n % 9 > 0 THEN (ARRAY['cured', 'referred', 'open'])[1 + n % 3] END, 10 + n % 45
  FROM generate_series(1, 1700) n;
INSERT INTO prescription SELECT n, 1 + n * 13 % 1500, (ARRAY['Ibuprofen', 'Aspirin', 'Statin'])[1 + n % 3],
  50 * (1 + n % 8), 3 + n % 20 FROM generate_series(1, 2900) n;
INSERT INTO lab_test SELECT n, 1 + n * 17 % 1400, (ARRAY['Blood', 'Urine'])[1 + n % 2], 8 + n % 60
  FROM generate_series(1, 2100) n;
CREATE VIEW doctor_fees AS SELECT doctor_id, avg(fee) AS avg_fee FROM visit GROUP BY doctor_id;
"""

SCHOOL = """
CREATE TABLE class (id int PRIMARY KEY, name text NOT NULL, year int NOT NULL);
CREATE TABLE student (id int PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL,
  class_id int REFERENCES class, mentor_id int REFERENCES student, nationality text);
CREATE TABLE exam (id int PRIMARY KEY, subject text NOT NULL, held_on date NOT NULL, room text);
CREATE TABLE mark (student_id int NOT NULL REFERENCES student, exam_id int NOT NULL REFERENCES exam,
  points int NOT NULL, PRIMARY KEY (student_id, exam_id));
CREATE TABLE absence (id int PRIMARY KEY, student_id int NOT NULL REFERENCES student, on_day date NOT NULL,
  hours int NOT NULL, reason text);
CREATE TABLE fee (student_id int NOT NULL REFERENCES student, term int NOT NULL, amount numeric(8,
  2) NOT NULL,
  PRIMARY KEY (student_id, term));
CREATE TABLE reminder (id int PRIMARY KEY, student_id int NOT NULL, term int NOT NULL,
  sent_at timestamptz NOT NULL, FOREIGN KEY (student_id, term) REFERENCES fee);
INSERT INTO class SELECT n, 'Class ' || n, 2019 + n % 7 FROM generate_series(1, 20) n;
INSERT INTO student SELECT n, (ARRAY['Ana', 'Ben', 'Cleo'])[1 + n % 3], 'Family ' || n % 410,
  CASE WHEN n % 25 > 0 THEN 1 + n % 18 END, CASE WHEN n % 5 = 0 THEN 1 + n / 5 END,
  CASE WHEN n % 6 > 0 THEN (ARRAY['Portuguese', 'Spanish'])[1 + n % 2] END FROM generate_series(1, 500) n;
INSERT INTO exam SELECT n, (ARRAY['Maths', 'Art', 'History'])[1 + n % 3], date '2025-01-15' + n * 9,
  CASE WHEN n % 4 > 0 THEN 'R' || n % 5 END FROM generate_series(1, 30) n;
INSERT INTO mark SELECT s, e, 20 + (s * e) % 80 FROM generate_series(1, 450) s, generate_series(1, 30) e
  WHERE (s + e) % 3 = 0;
INSERT INTO absence SELECT n, 1 + n * 11 % 470, date '2025-01-07' + n % 150, 1 + n % 7,
  CASE WHEN n % 3 > 0 THEN (ARRAY['ill', 'travel'])[1 + n % 2] END FROM generate_series(1, 1600) n;
INSERT INTO fee SELECT s, t, 100 + s % 50 FROM generate_series(1, 480) s, generate_series(1, 3) t;
INSERT INTO reminder SELECT n, 1 + n * 7 % 480, 1 + n % 3, timestamptz '2025-02-01' + n * interval '7 hours'
  FROM generate_series(1, 700) n;
"""

FIRST = (
    (
        "retail",
        "What was our revenue from orders with a lamp?",
        (
            "SELECT sum(o.total_eur) FROM orders o JOIN order_items i ON i.order_id = o.id"
            " JOIN products p ON p.id = i.product_id"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "What is the average age of customers who bought something, in years?",
        (
            "SELECT avg(extract(year FROM age(c.birth_date))) FROM customers c JOIN orders o ON"
            " o.customer_id = c.id"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "Total shipping fees and number of parcels by carrier",
        (
            "SELECT s.carrier, sum(o.shipping_fee), count(*) FROM orders o JOIN shipments s ON"
            " s.order_id = o.id"
            " GROUP BY s.carrier"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "For each customer: money spent and number of reviews written",
        (
            "SELECT c.id, sum(o.total_eur), count(r.id) FROM customers c JOIN orders o ON"
            " o.customer_id = c.id"
            " JOIN reviews r ON r.customer_id = c.id GROUP BY c.id"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "How many orders and payments does each customer have?",
        (
            "SELECT c.name, count(o.id), count(p.id) FROM customers c JOIN orders o ON o.customer_id = c.id"
            " JOIN payments p ON p.order_id = o.id GROUP BY c.id"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "Stock value of products by tag of their reviews' rating",
        (
            "SELECT r.rating, sum(p.list_price_eur) FROM products p JOIN reviews r ON r.product_id = p.id"
            " GROUP BY r.rating"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "Total credit limit of companies whose people ordered",
        (
            "SELECT sum(b.credit_limit_eur) FROM companies b JOIN customers c ON c.company_id = b.id"
            " JOIN orders o ON o.customer_id = c.id"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "How many orders did all customers place, customers without a store included?",
        "SELECT count(*) FROM orders o JOIN stores s ON s.id = o.store_id",
        {"lost rows"},
    ),
    (
        "retail",
        "List every employee with the name of the manager",
        "SELECT e.name, m.name FROM hr.employees e JOIN hr.employees m ON m.id = e.manager_id",
        {"lost rows"},
    ),
    (
        "retail",
        "Which five customers have the fewest orders?",
        (
            "SELECT c.name, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id"
            " GROUP BY c.id, c.name"
            " ORDER BY count(*) LIMIT 5"
        ),
        {"lost rows"},
    ),
    (
        "retail",
        "How many orders did each customer place?",
        (
            "SELECT c.id, c.name, count(o.id) FROM customers c JOIN orders o ON o.customer_id = c.id"
            " GROUP BY c.id, c.name"
        ),
        {"lost rows"},
    ),
    (
        "retail",
        "Customers who are not gold members",
        "SELECT count(*) FROM customers WHERE loyalty <> 'gold'",
        {"filter drops NULLs"},
    ),
    (
        "retail",
        "Which employees never sold an order?",
        "SELECT name FROM hr.employees WHERE id NOT IN (SELECT employee_id FROM orders)",
        {"always empty"},
    ),
    (
        "retail",
        "Average order value over stores",
        "SELECT avg(value) FROM (SELECT store_id, avg(total_eur) AS value FROM orders GROUP BY store_id) s",
        {"average of averages"},
    ),
    (
        "retail",
        "Orders of 2025 up to the last day of the year",
        "SELECT count(*) FROM orders WHERE ordered_at BETWEEN '2025-01-01' AND '2025-12-31'",
        {"last day cut"},
    ),
    (
        "clinic",
        "What did we earn from visits in which a drug was prescribed?",
        "SELECT sum(v.fee) FROM visit v JOIN prescription p ON p.visit_id = v.id",
        {"fan-out"},
    ),
    (
        "clinic",
        "Fees and laboratory costs per doctor",
        (
            "SELECT v.doctor_id, sum(v.fee), sum(t.cost) FROM visit v JOIN lab_test t ON t.visit_id = v.id"
            " GROUP BY v.doctor_id"
        ),
        {"fan-out"},
    ),
    (
        "clinic",
        "Drug costs and laboratory costs together by city",
        (
            "SELECT pa.city, sum(p.price), sum(t.cost) FROM patient pa JOIN visit v ON v.patient_id = pa.id"
            " JOIN prescription p ON p.visit_id = v.id JOIN lab_test t ON t.visit_id = v.id GROUP BY pa.city"
        ),
        {"fan-out"},
    ),
    (
        "clinic",
        "How long is a visit with a blood test on average?",
        (
            "SELECT avg(v.minutes) FROM visit v, lab_test t, prescription p WHERE t.visit_id = v.id"
            " AND p.visit_id = v.id AND t.name = 'Blood'"
        ),
        {"fan-out"},
    ),
    (
        "clinic",
        "List all doctors with their ward",
        "SELECT d.name, w.name FROM doctor d JOIN ward w ON w.id = d.ward_id",
        {"lost rows"},
    ),
    (
        "clinic",
        "How many visits does each patient have?",
        "SELECT p.id, count(*) FROM patient p JOIN visit v ON v.patient_id = p.id GROUP BY p.id",
        {"lost rows"},
    ),
    (
        "clinic",
        "Total fees per doctor, all visits",
        "SELECT d.name, sum(v.fee) FROM visit v JOIN doctor d ON d.id = v.doctor_id GROUP BY d.id",
        {"lost rows"},
    ),
    (
        "clinic",
        "Visits that were not cured",
        "SELECT count(*) FROM visit WHERE outcome NOT IN ('cured', 'referred')",
        {"filter drops NULLs"},
    ),
    (
        "clinic",
        "Doctors and their visits in February, also those without",
        (
            "SELECT d.name, count(v.id) FROM doctor d LEFT JOIN visit v ON v.doctor_id = d.id"
            " WHERE v.seen_at >= '2025-02-01' AND v.seen_at < '2025-03-01' GROUP BY d.id"
        ),
        {"left join undone"},
    ),
    (
        "clinic",
        "What is the average fee of a visit?",
        "SELECT avg(avg_fee) FROM doctor_fees",
        {"average of averages"},
    ),
    (
        "school",
        "How much in fees was ever reminded of?",
        "SELECT sum(f.amount) FROM fee f JOIN reminder r ON r.student_id = f.student_id",
        {"fan-out", "not along a key"},
    ),
    (
        "school",
        "Points and hours of absence per student",
        (
            "SELECT s.id, sum(m.points), sum(a.hours) FROM student s JOIN mark m ON m.student_id = s.id"
            " JOIN absence a ON a.student_id = s.id GROUP BY s.id"
        ),
        {"fan-out"},
    ),
    (
        "school",
        "How many students have absences?",
        "SELECT count(s.id) FROM student s JOIN absence a ON a.student_id = s.id",
        {"fan-out"},
    ),
    (
        "school",
        "All students with the names of their mentors",
        "SELECT s.first_name, t.first_name FROM student s JOIN student t ON t.id = s.mentor_id",
        {"lost rows"},
    ),
    (
        "school",
        "Students who are not Spanish",
        "SELECT count(*) FROM student WHERE NOT nationality = 'Spanish'",
        {"filter drops NULLs"},
    ),
)

SECOND = (
    (
        "retail",
        "Revenue by product category",
        (
            "SELECT c.name, sum(o.total_eur) AS revenue FROM orders o JOIN order_items i ON i.order_id = o.id"
            " JOIN products p ON p.id = i.product_id JOIN categories c ON c.id = p.category_id"
            " GROUP BY c.name"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "Average order value of orders with more than one piece of an article",
        (
            "SELECT avg(o.total_eur) FROM orders AS o INNER JOIN order_items AS i ON o.id = i.order_id"
            " WHERE i.quantity >= 1"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "How much do our employees in stores earn in total?",
        "SELECT sum(e.salary_eur) FROM hr.employees e JOIN orders o ON o.employee_id = e.id",
        {"fan-out"},
    ),
    (
        "retail",
        "Reviews and visits by product",
        (
            "SELECT p.name, count(*) FROM products p JOIN reviews r ON r.product_id = p.id"
            " JOIN web_visits w ON w.product_id = p.id GROUP BY p.id, p.name"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "Refunds and payments by order channel",
        (
            "WITH paid AS (SELECT o.id, o.channel, p.amount FROM orders o JOIN payments p ON"
            " p.order_id = o.id)"
            " SELECT paid.channel, sum(paid.amount), sum(r.refund_amount) FROM paid"
            " JOIN returns r ON r.order_id = paid.id GROUP BY paid.channel"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "Floor area of stores that sold something",
        "SELECT sum(s.area_m2) FROM stores s, orders o WHERE o.store_id = s.id AND o.status <> 'cancelled'",
        {"fan-out"},
    ),
    (
        "retail",
        "Average reorder point per warehouse",
        (
            "SELECT w.name, avg(p.list_price_eur) FROM products p JOIN stock_levels l ON l.product_id = p.id"
            " JOIN warehouses w ON w.id = l.warehouse_id JOIN order_items i ON i.product_id ="
            " p.id GROUP BY w.name"
        ),
        {"fan-out"},
    ),
    (
        "retail",
        "Total of all orders by promotion name",
        "SELECT sum(o.total_eur) FROM orders o JOIN promotions p ON p.id = o.promotion_id",
        {"lost rows"},
    ),
    (
        "retail",
        "All customers with the company they order for",
        "SELECT c.name, b.name FROM customers c JOIN companies b ON b.id = c.company_id",
        {"lost rows"},
    ),
    (
        "retail",
        "How many products does each supplier have, suppliers without one too?",
        (
            "SELECT s.name, count(*) FROM suppliers s JOIN products p ON p.supplier_id = s.id"
            " JOIN reviews r ON r.product_id = p.id GROUP BY s.id, s.name"
        ),
        {"lost rows", "fan-out"},
    ),
    (
        "retail",
        "Orders that were not sold by employee 5",
        "SELECT count(*) FROM orders WHERE employee_id != 5",
        {"filter drops NULLs"},
    ),
    (
        "retail",
        "Customers who do not live for business 3 or 4",
        "SELECT name FROM customers WHERE company_id NOT IN (3, 4)",
        {"filter drops NULLs"},
    ),
    (
        "retail",
        "Which stores have no orders?",
        "SELECT name FROM stores WHERE NOT (id IN (SELECT o.store_id FROM orders o))",
        {"always empty"},
    ),
    (
        "retail",
        "What does a customer spend on average?",
        (
            "WITH per_order AS (SELECT customer_id, avg(total_eur) AS mean FROM orders GROUP BY customer_id)"
            " SELECT avg(mean) FROM per_order"
        ),
        {"average of averages"},
    ),
    (
        "retail",
        "Customers with their orders of the web shop, all customers",
        (
            "SELECT c.name, count(o.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id"
            " WHERE o.channel = 'web' GROUP BY c.id, c.name"
        ),
        {"left join undone"},
    ),
    (
        "clinic",
        "Total minutes of visits with an aspirin or ibuprofen",
        (
            "SELECT sum(visit.minutes) FROM visit INNER JOIN prescription ON visit.id = prescription.visit_id"
            " WHERE prescription.drug IN ('Aspirin', 'Ibuprofen')"
        ),
        {"fan-out"},
    ),
    (
        "clinic",
        "How many patients got a statin?",
        (
            "SELECT count(p.id) FROM patient p JOIN visit v ON v.patient_id = p.id"
            " JOIN prescription r ON r.visit_id = v.id WHERE r.drug = 'Statin'"
        ),
        {"fan-out"},
    ),
    (
        "clinic",
        "Number of visits per ward with a test",
        (
            "SELECT w.name, count(v.id) FROM ward w JOIN doctor d ON d.ward_id = w.id"
            " JOIN visit v ON v.doctor_id = d.id JOIN lab_test t ON t.visit_id = v.id GROUP BY w.id"
        ),
        {"fan-out"},
    ),
    (
        "clinic",
        "Average fee by drug and test",
        (
            "SELECT p.drug, t.name, avg(v.fee) FROM visit v JOIN prescription p ON p.visit_id = v.id"
            " JOIN lab_test t ON t.visit_id = v.id GROUP BY p.drug, t.name"
        ),
        {"fan-out"},
    ),
    (
        "clinic",
        "Visits and the doctors who saw the patient: total fee",
        "SELECT sum(v.fee) FROM visit v JOIN doctor d ON v.doctor_id = d.id",
        {"lost rows"},
    ),
    (
        "clinic",
        "Each ward with its number of doctors",
        "SELECT w.name, count(*) AS doctors FROM ward w JOIN doctor d ON d.ward_id = w.id GROUP BY w.id",
        {"lost rows"},
    ),
    (
        "clinic",
        "Which doctors are not seniors?",
        "SELECT name FROM doctor WHERE grade <> 'Senior'",
        {"filter drops NULLs"},
    ),
    (
        "clinic",
        "Patients who are not with Alta",
        "SELECT city, count(*) FROM patient WHERE insurer NOT LIKE 'Al%' GROUP BY city",
        {"filter drops NULLs"},
    ),
    (
        "clinic",
        "Visits between January and the end of March 2025",
        "SELECT count(*) FROM visit WHERE seen_at >= '2025-01-01' AND seen_at <= '2025-03-31'",
        {"last day cut"},
    ),
    (
        "clinic",
        "Fees per doctor name",
        "SELECT d.name, sum(v.fee) FROM doctor d JOIN visit v ON v.doctor_id = d.id GROUP BY d.name",
        {"name for several keys", "lost rows"},
    ),
    (
        "school",
        "Total fees of students with an absence",
        "SELECT sum(f.amount) FROM fee f JOIN absence a ON a.student_id = f.student_id",
        {"fan-out"},
    ),
    (
        "school",
        "Average points in exams by reason of absence",
        (
            "SELECT a.reason, avg(m.points) FROM mark m JOIN student s ON s.id = m.student_id"
            " JOIN absence a ON a.student_id = s.id GROUP BY a.reason"
        ),
        {"fan-out"},
    ),
    (
        "school",
        "List all students with their class",
        "SELECT s.first_name, s.last_name, c.name FROM student AS s JOIN class AS c ON s.class_id = c.id",
        {"lost rows"},
    ),
    (
        "school",
        "How many students does every class have?",
        (
            "SELECT class.name, count(student.id) FROM class JOIN student ON student.class_id = class.id"
            " GROUP BY class.name"
        ),
        {"lost rows"},
    ),
    (
        "school",
        "Marks per student and class mate",
        "SELECT count(*) FROM mark m JOIN student s ON m.exam_id = s.id",
        {"not along a key"},
    ),
)
