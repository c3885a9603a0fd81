package fabrictest

// SetLimits has the bounds of OneLake be reached with few bytes.
func (s *Server) SetLimits(file, pending, memory int64) {
	s.files.maxFile, s.files.maxPending = file, pending
	s.files.tree.(*memoryTree).max = memory
}
