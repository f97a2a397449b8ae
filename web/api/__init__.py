"""The HTTP interface for machines: one module a subject; the folder is the list."""
