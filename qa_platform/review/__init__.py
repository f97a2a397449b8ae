"""The review page's content, read in one go and frozen."""
