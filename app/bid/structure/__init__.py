"""Who contracts, is paid, is liable, and how decisions are made."""
