"""Scorecards as people write them: drafts, published versions that never change, and what changed between them."""
