// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// exitError carries an exit code to the client. The streaming library looks for exactly this interface, and finds it
// only when the error is not wrapped.
type exitError int

var _ utilexec.ExitError = exitError(0)

func (e exitError) Error() string   { return fmt.Sprintf("exit status %d", int(e)) }
func (e exitError) String() string  { return e.Error() }
func (e exitError) Exited() bool    { return true }
func (e exitError) ExitStatus() int { return int(e) }

const (
	cannotRun = 126
	notFound  = 127
	signalled = 128
)

// ExecInContainer runs one command; it ends when the command ends or the client is gone.
func (s *service) ExecInContainer(ctx context.Context, key, _ string, name string, cmd []string, in io.Reader,
	out, errOut io.WriteCloser, _ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration) error {
	namespace, pod, _ := strings.Cut(key, "/")
	c, err := s.containers.container(namespace, pod, name)
	if err != nil {
		return err
	}
	return s.commands.run(ctx, c, cmd, in, out, errOut)
}

func (t *tracker) run(ctx context.Context, c container, cmd []string, in io.Reader, out, errOut io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command, err := prepare(c, cmd)
	if err != nil {
		return failedStart(err, errOut)
	}
	var drains []*drain
	for _, stream := range []struct {
		target *io.Writer
		client io.Writer
	}{{&command.Stdout, out}, {&command.Stderr, errOut}} {
		if stream.client == nil {
			continue
		}
		d, childEnd, err := newDrain(stream.client, cancel)
		if err != nil {
			return err
		}
		defer d.close()
		defer childEnd.Close()
		*stream.target = childEnd
		drains = append(drains, d)
	}
	var input io.WriteCloser
	if in != nil {
		if input, err = command.StdinPipe(); err != nil {
			return err
		}
	}
	if err := t.start(command); err != nil {
		return failedStart(err, errOut)
	}
	defer t.forget(command)
	for _, d := range drains {
		go d.copy()
	}
	if input != nil {
		go func() { // the command sees the end of its input only when this end is closed
			_, _ = io.Copy(input, in)
			_ = input.Close()
		}()
	}
	return wait(ctx, command, drains)
}

// prepare resolves the program in the container's PATH, not in ours, and gives the command a process group of its own.
func prepare(c container, cmd []string) (*exec.Cmd, error) {
	argv := append(append([]string(nil), c.Wrap...), cmd...)
	program, err := lookPath(argv[0], c.path())
	if err != nil {
		return nil, err
	}
	dir := c.Dir
	if dir == "" {
		dir = "/"
	}
	return &exec.Cmd{Path: program, Args: argv, Env: c.environment(), Dir: dir,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true}}, nil
}

func lookPath(program, path string) (string, error) {
	if strings.Contains(program, "/") {
		return program, nil
	}
	for _, dir := range filepath.SplitList(path) {
		candidate := filepath.Join(dir, program)
		if info, err := os.Stat(candidate); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("%s: %w", program, fs.ErrNotExist)
}

func failedStart(err error, errOut io.Writer) error {
	if errOut != nil {
		fmt.Fprintf(errOut, "minikubelet: %v\n", err)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return exitError(notFound)
	}
	return exitError(cannotRun)
}

// wait ends the whole process group when the client is gone, and otherwise gives the drains what the command left.
func wait(ctx context.Context, command *exec.Cmd, drains []*drain) error {
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		kill(command)
		err = <-ended
	}
	for _, d := range drains {
		d.commandEnded()
	}
	for _, d := range drains {
		d.wait(ctx)
	}
	return exitCode(err)
}

func exitCode(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitError(signalled + int(status.Signal()))
	}
	return exitError(exit.ExitCode())
}

func kill(command *exec.Cmd) { _ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }

// tracker knows the running commands, so that none survives minikubelet.
type tracker struct {
	mutex   sync.Mutex
	closed  bool
	running map[*exec.Cmd]struct{}
}

func newTracker() *tracker { return &tracker{running: map[*exec.Cmd]struct{}{}} }

func (t *tracker) start(command *exec.Cmd) error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.closed {
		return errors.New("minikubelet is ending")
	}
	if err := command.Start(); err != nil {
		return err
	}
	t.running[command] = struct{}{}
	return nil
}

func (t *tracker) forget(command *exec.Cmd) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.running, command)
}

func (t *tracker) killAll() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.closed = true
	for command := range t.running {
		kill(command)
	}
}
