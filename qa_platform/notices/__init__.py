"""What a person should know, told inside the app."""
