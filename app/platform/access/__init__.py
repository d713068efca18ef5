"""Who may see what and do what, in which state: the permission table, standing, sides, ids, errors and money."""
