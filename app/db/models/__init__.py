"""Every table. Importing this package registers them all with the metadata."""
