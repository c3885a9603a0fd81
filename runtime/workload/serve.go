package workload

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Server runs a handler on an address until its context ends.
type Server struct {
	Addr    string // host:port; port 0 takes a free one
	Handler http.Handler
	Logger  *slog.Logger // default: slog.Default()

	// Drain is how long calls, and then what OnStop ends, may take once the context has ended. Default 20 seconds.
	Drain time.Duration
	// OnStop ends what goes on behind the handler, such as jobs; its context ends with Drain.
	OnStop func(context.Context) error
	// OnListen is told the address once the server listens.
	OnListen func(net.Addr)
}

// Run serves until ctx ends, then takes no new connection, lets the calls that it has come to their end, and returns
// nil where that took no longer than Drain.
func (s Server) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.Addr)
	if err != nil {
		return fmt.Errorf("listening on %s: %w", s.Addr, err)
	}
	if s.Logger == nil {
		s.Logger = slog.Default()
	}
	if s.Drain <= 0 {
		s.Drain = 20 * time.Second
	}
	server := s.httpServer(ctx)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	s.Logger.InfoContext(ctx, "listening", "address", listener.Addr().String())
	if s.OnListen != nil {
		s.OnListen(listener.Addr())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serving on %s: %w", s.Addr, err)
	case <-ctx.Done():
	}
	return s.stop(context.WithoutCancel(ctx), server)
}

// httpServer has a bound for everything that a client could draw out. Headers hold two tokens of 16 KiB at most.
func (s Server) httpServer(ctx context.Context) *http.Server {
	return &http.Server{
		Handler:           s.Handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
}

func (s Server) stop(ctx context.Context, server *http.Server) error {
	s.Logger.InfoContext(ctx, "stopping", "drain", s.Drain.String())
	ctx, cancel := context.WithTimeout(ctx, s.Drain)
	defer cancel()
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("calls were cut off after %s: %w", s.Drain, err), server.Close())
	}
	if s.OnStop != nil {
		err = errors.Join(err, s.OnStop(ctx))
	}
	s.Logger.InfoContext(ctx, "stopped")
	return err
}
