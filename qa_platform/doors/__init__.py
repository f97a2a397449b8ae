"""The doors: what is done to files before they are interactions, and the places they are fetched from."""
