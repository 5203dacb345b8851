"""Whole runs on machines made for the test: bare chroots, other users."""
