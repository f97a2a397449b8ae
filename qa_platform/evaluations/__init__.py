"""An interaction judged on a scorecard: proposed, answered, changed, and read back."""
