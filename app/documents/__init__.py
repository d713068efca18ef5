"""Values to bytes: a composed document as PDF, DOCX, ODT, HTML, Markdown and spreadsheets."""
