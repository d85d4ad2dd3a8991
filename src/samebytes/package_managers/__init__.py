"""Package managers: read a workspace, install, run scripts, pack natively."""
