"""The demonstration: a small portfolio of calls and chats, and a fixture model that hears its calls."""
