"""Files that partners attach: taken in as a stream, known by their content, kept and handed out safely."""
