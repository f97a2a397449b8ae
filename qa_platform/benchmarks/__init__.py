"""Measurements of our own claims, one module each: the folder is the list that `qa bench` offers."""
