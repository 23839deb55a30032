"""The formats: one module each, found by its name. Its ``FORMAT`` declares it."""
