"""Pictures: each function takes ``ax=``, draws on it, and returns it."""
