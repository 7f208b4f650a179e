"""What studies tell: plain data (``facts``), and what is shown of it (``shown``), a file a kind."""
