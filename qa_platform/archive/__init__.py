"""What is stored of an interaction, and how it is listed, searched, read back and handed on."""
