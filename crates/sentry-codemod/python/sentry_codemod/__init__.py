"""sentry-codemod as a Python package: it holds the program, a binary, and no code of its own."""
