"""Eyes and ears, pure: a conversation in, findings out."""
