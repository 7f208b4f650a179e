"""The CreateImage entry point: request in, verdict out; the rules; and the use of images."""
