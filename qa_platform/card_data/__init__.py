"""Card data never rests: what of it came in is hidden in words, files and sound before anything is kept."""
