"""What whoever runs the service needs: one service for one folder, a doctor, a trial mail, backups."""
