"""How right the analyzers are on conversations that people labelled, and how fast on conversations made for it."""
