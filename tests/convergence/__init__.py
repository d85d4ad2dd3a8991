"""Releases published to servers under kills, faults and strangers, judged by what the servers store in the end."""
