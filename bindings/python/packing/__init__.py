"""What builds the native part of the wheel. Not in the wheel."""
