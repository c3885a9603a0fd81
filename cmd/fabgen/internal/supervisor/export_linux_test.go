package supervisor

// GroupIsEmpty says whether a process group is.
func GroupIsEmpty(id int) bool { return group(id).empty() }
