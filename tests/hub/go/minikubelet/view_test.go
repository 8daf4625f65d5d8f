// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The view starts its own program again; in a test that program is the test.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == viewCommand {
		os.Exit(runView(os.Args[2:]))
	}
	os.Exit(m.Run())
}

type sandbox struct{ volume, programs, target string }

func newSandbox(t *testing.T) sandbox {
	t.Helper()
	root := t.TempDir()
	s := sandbox{filepath.Join(root, "volume"), filepath.Join(root, "programs"), filepath.Join(root, "target")}
	for _, dir := range []string{s.volume, s.programs, s.target, filepath.Join(s.target, "data"), filepath.Join(s.target, "bin"), filepath.Join(s.target, "scratch")} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s sandbox) command(script string) *exec.Cmd {
	return exec.Command(os.Args[0], viewCommand, "--bind", s.volume, s.target+"/data", "--ro-bind", s.programs, s.target+"/bin",
		"--tmpfs", s.target+"/scratch", "--", "sh", "-c", strings.ReplaceAll(script, "@", s.target))
}

func (s sandbox) run(script string) (string, int) {
	var out bytes.Buffer
	command := s.command(script)
	command.Stdout, command.Stderr = &out, &out
	err := command.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return out.String(), exit.ExitCode()
	}
	if err != nil {
		return err.Error(), -1
	}
	return out.String(), 0
}

func TestViewShowsFoldersInTheirPlaces(t *testing.T) {
	s := newSandbox(t)
	if err := os.WriteFile(filepath.Join(s.programs, "hello"), []byte("#!/bin/sh\necho hello\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, code := s.run("@/bin/hello > @/data/said"); code != 0 {
		t.Fatalf("code %d, %s", code, out)
	}
	if said := must[[]byte](t)(os.ReadFile(filepath.Join(s.volume, "said"))); string(said) != "hello\n" {
		t.Fatalf("the volume holds %q", said)
	}
}

func TestViewIsReadOnlyElsewhere(t *testing.T) {
	s := newSandbox(t)
	for _, path := range []string{"@/bin/x", "@/x", "/etc/hypershift-core-test"} {
		if out, code := s.run("echo x > " + path); code == 0 || !strings.Contains(out, "Read-only") {
			t.Errorf("writing %s: code %d, %s", path, code, out)
		}
	}
	if out, code := s.run("echo x > @/scratch/x && ls -A @/scratch && echo y > /dev/null"); code != 0 || out != "x\n" {
		t.Errorf("the folder in memory: code %d, %s", code, out)
	}
}

func TestViewPassesExitCodesAndInput(t *testing.T) {
	s := newSandbox(t)
	for script, want := range map[string]int{"exit 7": 7, "kill -KILL $$": 137, "no-such-program": 127} {
		if out, code := s.run(script); code != want {
			t.Errorf("%q: code %d, want %d, %s", script, code, want, out)
		}
	}
	command := s.command("cat")
	command.Stdin = strings.NewReader("text")
	if out := must[[]byte](t)(command.Output()); string(out) != "text" {
		t.Errorf("got %q", out)
	}
	missing := exec.Command(os.Args[0], viewCommand, "--", "no-such-program")
	if _ = missing.Run(); missing.ProcessState.ExitCode() != 127 {
		t.Errorf("code %d, want 127", missing.ProcessState.ExitCode())
	}
}

func TestViewHandsSignalsOn(t *testing.T) {
	s := newSandbox(t)
	command := s.command("trap 'echo clean > @/data/end; exit 9' TERM; echo up > @/data/up; while :; do sleep 0.05; done")
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Process.Kill() })
	until(t, "the command has started", func() bool { return fileHasText(filepath.Join(s.volume, "up")) })
	_ = command.Process.Signal(syscall.SIGTERM)
	_ = command.Wait()
	if command.ProcessState.ExitCode() != 9 || !fileHasText(filepath.Join(s.volume, "end")) {
		t.Fatalf("code %d", command.ProcessState.ExitCode())
	}
}

func TestViewLeavesNoRightsAndNoMark(t *testing.T) {
	out, _ := newSandbox(t).run("grep CapAmb /proc/self/status; env | grep -c MINIKUBELET")
	if !strings.Contains(out, "0000000000000000") || !strings.HasSuffix(out, "\n0\n") {
		t.Fatalf("got %q", out)
	}
}

func TestViewOptions(t *testing.T) {
	for _, arguments := range [][]string{{}, {"--"}, {"--bind", "a"}, {"--bind", "a", "b"}, {"ls"}, {"--tmpfs"}} {
		if _, err := parseView(arguments); err == nil {
			t.Errorf("%q was accepted", arguments)
		}
	}
}
