"""What a question asks for, from its words and the catalog's alone: no model is asked."""
