"""List the runs, show one as a tree, go on with one."""
