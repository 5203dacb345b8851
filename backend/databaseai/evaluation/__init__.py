"""Is it right? Execution accuracy over question sets."""
