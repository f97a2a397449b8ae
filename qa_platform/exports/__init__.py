"""Judgement for spreadsheets and other systems, safe to open."""
