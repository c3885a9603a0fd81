// Command fabgen writes Microsoft Fabric workloads from one configuration file.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/fabgen/fabgen/cmd/fabgen/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the process at once
	os.Exit(cli.Main(ctx, os.Args[1:]))
}
