-- Honest all the same, and refused: each with the reason. The list that decision records count.

-- case: an XML element
-- reason: (XML has entities, XPath and queries given as text; write to_json or concatenate)
SELECT xmlelement(name a, 'b')
-- case: who am I
-- reason: (who is logged in is not a question about the data)
SELECT current_user
-- case: name of a relation's type
-- reason: (a name cast to regclass tells whether a table exists)
SELECT 'customer'::regclass
-- case: a seed for random
-- reason: (it stays in the session, for whoever comes next; TABLESAMPLE ... REPEATABLE is what it is for)
SELECT setseed(0.5)
