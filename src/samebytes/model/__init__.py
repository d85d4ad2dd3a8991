"""The words of samebytes as frozen values; standard library only."""
