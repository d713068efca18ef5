"""The budget as a workbook: written, read, judged and taken back."""
