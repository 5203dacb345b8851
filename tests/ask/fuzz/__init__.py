"""A fuzzer of the gate and the sandbox: `python -m tests.ask.fuzz --seconds 600 --seed 1` runs it by hand.

`grammar` writes statements of PostgreSQL's SELECT over the test schema out of `vocabulary`, `dangers` says
what is planted in them, `spelling` writes the same statement another way, `fragments` strings quotes and
comments together, `oracles` says what must hold, `campaign` runs it all.
"""
