// An index of another day.
