"""Full-text search over every stored turn: a small query language, an index in step with the turns, one use case."""
