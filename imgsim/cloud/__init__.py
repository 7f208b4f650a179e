"""The nouns of the cloud and their states: plain objects without clock, chance or files."""
