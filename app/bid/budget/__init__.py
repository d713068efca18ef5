"""Money by partner, year, lot and source; the workbook out and back."""
