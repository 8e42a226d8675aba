"""Which calls become tests: those that a person would keep, as plain as they can be."""
