"""Who may sign in, person or machine, and what each may do and see."""
