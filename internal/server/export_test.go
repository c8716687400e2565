package server

// LoseDatabase closes the engine beneath a server that runs.
func (s *Server) LoseDatabase() error { return s.engine.Close() }
