"""What a person types: one file a command, each a few lines around a use case."""
