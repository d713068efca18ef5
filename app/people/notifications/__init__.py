"""What a person is told, in the service and by mail."""
