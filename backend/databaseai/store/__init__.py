"""Our own database: tables, session, one repository per subject."""
