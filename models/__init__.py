"""The nouns of collections QA: frozen values and the tables that keep them. Records, never model weights."""
