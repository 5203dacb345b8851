"""What the data source holds: tables, columns, keys, comments, sample values."""
