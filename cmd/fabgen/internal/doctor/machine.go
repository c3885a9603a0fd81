package doctor

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// Bounds on what is asked of the machine.
const (
	toolTimeout = 20 * time.Second // the Azure CLI takes seconds to start
	getTimeout  = time.Second
	maxBody     = 64 << 10
)

// ThisMachine is the machine that the program runs on.
func ThisMachine() *Machine {
	client := &http.Client{Timeout: getTimeout, Transport: &http.Transport{Proxy: nil}}
	return &Machine{
		LookPath: exec.LookPath, Output: output, Getenv: os.Getenv, Environ: os.Environ, Free: free, Now: time.Now,
		Get: func(ctx context.Context, url string) (int, string, error) { return get(ctx, client, url) },
	}
}

// output runs a program where no go.mod changes which Go answers.
func output(ctx context.Context, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, toolTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = os.TempDir()
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off")
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	return string(out), err
}

func free(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	return listener.Close()
}

func get(ctx context.Context, client *http.Client, url string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	return resp.StatusCode, string(body), err
}
