"""Writing scorecards: drafts that are shared, examined at every keystroke, published once and compared for good."""
