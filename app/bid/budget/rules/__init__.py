"""Rules of a budget: lines and sums, what each reader sees, overheads, a workbook taken back."""
