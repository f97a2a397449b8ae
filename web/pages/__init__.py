"""The pages: `x.py` beside `x.html`; the folder is the list."""
