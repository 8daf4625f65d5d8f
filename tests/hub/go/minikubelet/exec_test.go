// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestExitCodes(t *testing.T) {
	k := startKubelet(t)
	for script, want := range map[string]int{"true": 0, "exit 7": 7, "no-such-program": 127, "kill -TERM $$": 143, "kill -KILL $$": 137} {
		if _, _, got := k.sh(t, script); got != want {
			t.Errorf("%q ended with %d, want %d", script, got, want)
		}
	}
}

func TestProgramThatIsNotThere(t *testing.T) {
	k := startKubelet(t)
	var errOut bytes.Buffer
	err := k.exec(context.Background(), t, nil, nil, &errOut, "no-such-program")
	if got := code(t, err); got != 127 || !strings.Contains(errOut.String(), "no-such-program") {
		t.Fatalf("code %d, stderr %q", got, errOut.String())
	}
}

func TestProgramThatMayNotRun(t *testing.T) {
	k := startKubelet(t)
	file := filepath.Join(t.TempDir(), "plain")
	if err := os.WriteFile(file, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := code(t, k.exec(context.Background(), t, nil, nil, io.Discard, file)); got != 126 {
		t.Fatalf("code %d, want 126", got)
	}
}

func TestOutputAndErrorsStayApart(t *testing.T) {
	out, errOut, _ := startKubelet(t).sh(t, "echo one; echo two >&2")
	if out != "one\n" || errOut != "two\n" {
		t.Fatalf("stdout %q, stderr %q", out, errOut)
	}
}

func TestInputEnds(t *testing.T) {
	k := startKubelet(t)
	var out bytes.Buffer
	if err := k.exec(context.Background(), t, strings.NewReader("a\nb\n"), &out, nil, "sh", "-c", "cat; echo end"); err != nil {
		t.Fatal(err)
	}
	if out.String() != "a\nb\nend\n" {
		t.Fatalf("got %q", out.String())
	}
}

func TestCommandMayIgnoreItsInput(t *testing.T) {
	k := startKubelet(t)
	open, hold := io.Pipe() // never ends
	defer hold.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if got := code(t, k.exec(ctx, t, open, io.Discard, nil, "sh", "-c", "exit 3")); got != 3 {
		t.Fatalf("code %d, want 3", got)
	}
}

func TestThreeMegabytesBothWays(t *testing.T) {
	k := startKubelet(t)
	sent := make([]byte, 3<<20)
	_, _ = rand.Read(sent)
	file := filepath.Join(t.TempDir(), "up")
	if err := k.exec(context.Background(), t, bytes.NewReader(sent), nil, io.Discard, "sh", "-c", "cat > "+file); err != nil {
		t.Fatal(err)
	}
	stored := must[[]byte](t)(os.ReadFile(file))
	var received bytes.Buffer
	if err := k.exec(context.Background(), t, nil, &received, nil, "cat", file); err != nil {
		t.Fatal(err)
	}
	if sha256.Sum256(stored) != sha256.Sum256(sent) || sha256.Sum256(received.Bytes()) != sha256.Sum256(sent) {
		t.Fatalf("sent %d bytes, stored %d, received %d, not the same", len(sent), len(stored), received.Len())
	}
}

// slowWriter is a client that takes its time.
type slowWriter struct{ bytes.Buffer }

func (w *slowWriter) Write(p []byte) (int, error) {
	time.Sleep(20 * time.Millisecond)
	return w.Buffer.Write(p)
}

func TestSlowClientGetsEverything(t *testing.T) {
	k := startKubelet(t)
	var out slowWriter
	if err := k.exec(context.Background(), t, nil, &out, nil, "head", "-c", "2000000", "/dev/zero"); err != nil {
		t.Fatal(err)
	}
	if out.Len() != 2000000 {
		t.Fatalf("got %d bytes", out.Len())
	}
}

func TestGrandchildHoldingThePipeDoesNotHoldTheEnd(t *testing.T) {
	k := startKubelet(t)
	pidFile := filepath.Join(t.TempDir(), "pid")
	start := time.Now()
	out, _, got := k.sh(t, "sleep 60 & echo $! > "+pidFile+"; echo hello; exit 5")
	defer func() { _ = syscall.Kill(pid(t, pidFile), syscall.SIGKILL) }()
	if out != "hello\n" || got != 5 {
		t.Fatalf("stdout %q, code %d", out, got)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Fatalf("took %v", took)
	}
	if !alive(pid(t, pidFile)) {
		t.Fatal("a program left in the background belongs to the container and must go on")
	}
}

func TestClientGoneEndsTheCommand(t *testing.T) {
	for name, input := range map[string]bool{"without input": false, "with input": true} {
		t.Run(name, func(t *testing.T) {
			k := startKubelet(t)
			pidFile := filepath.Join(t.TempDir(), "pid")
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			var in io.Reader
			if input {
				open, hold := io.Pipe()
				defer hold.Close()
				in = open
			}
			ended := make(chan error, 1)
			go func() {
				ended <- k.exec(ctx, t, in, io.Discard, nil, "sh", "-c", "echo $$ > "+pidFile+"; sleep 60; true")
			}()
			until(t, "the command has started", func() bool { return fileHasText(pidFile) })
			cancel()
			<-ended
			until(t, "the command has ended", func() bool { return !alive(pid(t, pidFile)) })
		})
	}
}

func TestEndOfMinikubeletEndsTheCommands(t *testing.T) {
	commands := newTracker()
	ended := make(chan error, 1)
	pidFile := filepath.Join(t.TempDir(), "pid")
	go func() {
		ended <- commands.run(context.Background(), container{}, []string{"sh", "-c", "echo $$ > " + pidFile + "; sleep 60; true"}, nil, nil, nil)
	}()
	until(t, "the command has started", func() bool { return fileHasText(pidFile) })
	commands.killAll()
	if got := code(t, <-ended); got != 137 {
		t.Fatalf("code %d, want 137", got)
	}
	if got := code(t, commands.run(context.Background(), container{}, []string{"true"}, nil, nil, nil)); got != 126 {
		t.Fatalf("a command was started after the end: code %d", got)
	}
}

func TestRecordDecidesPrefixEnvironmentAndFolder(t *testing.T) {
	k := startKubelet(t)
	dir := t.TempDir()
	t.Setenv("LEAK", "leaked")
	k.record(t, "main", container{Wrap: []string{"env", "WRAPPED=yes"}, Env: map[string]string{"NAME": "value"}, Dir: dir})
	plain, _, _ := startKubelet(t).sh(t, "pwd")
	if plain != "/\n" {
		t.Fatalf("without a folder the command runs in %q", plain)
	}
	out, _, _ := k.sh(t, `echo "$WRAPPED $NAME $PWD [$LEAK]"`)
	if want := fmt.Sprintf("yes value %s []\n", dir); out != want {
		t.Fatalf("got %q, want %q", out, want)
	}
}

func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never true: %s", what)
		}
	}
}

func fileHasText(path string) bool {
	data, err := os.ReadFile(path)
	return err == nil && strings.HasSuffix(string(data), "\n")
}

func pid(t *testing.T, path string) int {
	t.Helper()
	var number int
	if _, err := fmt.Sscan(string(must[[]byte](t)(os.ReadFile(path))), &number); err != nil {
		t.Fatal(err)
	}
	return number
}

// alive tells whether a process runs; one that has ended and was not asked for is not alive.
func alive(pid int) bool {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	return fields[0] != "Z"
}
