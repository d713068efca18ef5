"""Files that partners attach: received as a stream, recognised by their content, stored and handed out safely."""
