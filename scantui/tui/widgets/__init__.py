"""What is seen: widgets take values in and post messages out."""
