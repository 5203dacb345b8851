"""`python -m databaseai.cli`."""

from databaseai.cli import main

main()
