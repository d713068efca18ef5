"""The seven fairness checks."""
