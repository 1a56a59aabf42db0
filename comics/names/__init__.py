"""What comics are called: file names taken apart, and names made from templates."""
