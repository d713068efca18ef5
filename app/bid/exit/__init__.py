"""The exit plan, the register of assets, terms on knowledge."""
