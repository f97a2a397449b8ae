"""Originals from before card data was hidden: sealed where a portfolio says so, opened by few, each time on record."""
