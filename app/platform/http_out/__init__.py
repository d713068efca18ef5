"""The one guarded way out: every connection that this service makes to an address that somebody typed goes through it."""
