"""Takes orders over HTTP and sends the receipts from a queue."""
