"""What a commissioner does with the bids that it got."""
