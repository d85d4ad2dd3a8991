"""What several implementations, or samebytes and a real tool, must do alike."""
