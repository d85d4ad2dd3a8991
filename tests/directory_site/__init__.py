"""Parts for tests of directory sites: packed members, a small publish run, and what runs it in processes."""
