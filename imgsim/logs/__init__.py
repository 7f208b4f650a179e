"""The logs and lists of a real account: audit events and Describe answers, made into a scenario."""
