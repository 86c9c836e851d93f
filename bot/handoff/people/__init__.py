"""Who works at the desk: accounts, logging in, and who wishes to be on duty."""
