"""Hearing: recordings as sound, who speaks when, and the words that are said."""
