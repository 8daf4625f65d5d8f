// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// A view runs a command with some folders of this machine in the places where a container would have them, and the
// rest read-only. It stands in for bubblewrap where that is not installed, by the same means: a user and a mount
// namespace.
const (
	viewCommand = "view"
	innerMark   = "MINIKUBELET_VIEW_INNER"
)

type mount struct {
	source, target string // no source: an empty folder in memory
	readOnly       bool
}

type view struct {
	mounts  []mount
	command []string
}

var errUsage = errors.New("usage: minikubelet view [--bind FROM TO | --ro-bind FROM TO | --tmpfs TO]... -- COMMAND")

func parseView(arguments []string) (view, error) {
	var v view
	for len(arguments) > 0 {
		switch {
		case arguments[0] == "--" && len(arguments) > 1:
			v.command = arguments[1:]
			return v, nil
		case (arguments[0] == "--bind" || arguments[0] == "--ro-bind") && len(arguments) > 2:
			v.mounts = append(v.mounts, mount{source: arguments[1], target: arguments[2], readOnly: arguments[0] == "--ro-bind"})
			arguments = arguments[3:]
		case arguments[0] == "--tmpfs" && len(arguments) > 1:
			v.mounts = append(v.mounts, mount{target: arguments[1]})
			arguments = arguments[2:]
		default:
			return v, errUsage
		}
	}
	return v, errUsage
}

// runView gives the exit code of the command, 128 and the signal's number when a signal ended it.
func runView(arguments []string) int {
	v, err := parseView(arguments)
	if err == nil && os.Getenv(innerMark) != "" {
		err = v.enter()
	} else if err == nil {
		err = outer(arguments)
	}
	var exit exitError
	if errors.As(err, &exit) {
		return int(exit)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "minikubelet view:", err)
		return cannotRun
	}
	return 0
}

// outer starts this program again in namespaces of its own and hands signals on, so that a clean stop stays possible.
func outer(arguments []string) error {
	runtime.LockOSThread() // the death signal is bound to the thread that forks
	defer runtime.UnlockOSThread()
	command := exec.Command("/proc/self/exe", append([]string{viewCommand}, arguments...)...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	command.Env = append(os.Environ(), innerMark+"=1")
	command.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
		AmbientCaps: []uintptr{unix.CAP_SYS_ADMIN}, // else an ordinary user loses the right to mount by the exec
		Pdeathsig:   syscall.SIGKILL,
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT)
	if err := command.Start(); err != nil {
		return fmt.Errorf("no namespaces can be made (%w): install bubblewrap or allow unprivileged user namespaces", err)
	}
	go func() {
		for received := range signals {
			_ = command.Process.Signal(received)
		}
	}()
	return exitCode(command.Wait())
}

// enter arranges the mounts and becomes the command.
func (v view) enter() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("the mounts cannot be made private: %w", err)
	}
	trees := make([]int, len(v.mounts))
	for i, m := range v.mounts { // taken before the root becomes read-only, or they would be so too
		if m.source == "" {
			continue
		}
		tree, err := unix.OpenTree(unix.AT_FDCWD, m.source, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
		if err != nil {
			return fmt.Errorf("%s cannot be bound: %w", m.source, err)
		}
		trees[i] = tree
	}
	if err := setReadOnly(unix.AT_FDCWD, "/", 0); err != nil {
		return fmt.Errorf("the root cannot be made read-only: %w", err)
	}
	for i, m := range v.mounts {
		if err := m.attach(trees[i]); err != nil {
			return fmt.Errorf("%s cannot be mounted: %w", m.target, err)
		}
	}
	return v.become()
}

func (m mount) attach(tree int) error {
	if m.source == "" {
		return unix.Mount("tmpfs", m.target, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777")
	}
	if m.readOnly {
		if err := setReadOnly(tree, "", unix.AT_EMPTY_PATH); err != nil {
			return err
		}
	}
	return unix.MoveMount(tree, "", unix.AT_FDCWD, m.target, unix.MOVE_MOUNT_F_EMPTY_PATH)
}

func setReadOnly(directory int, path string, flags uint) error {
	return unix.MountSetattr(directory, path, flags|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
}

func (v view) become() error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return err
	}
	if here, err := os.Getwd(); err == nil {
		_ = os.Chdir(here) // the old folder may lie below a new mount
	}
	program, err := lookPath(v.command[0], os.Getenv("PATH"))
	if err == nil {
		err = syscall.Exec(program, v.command, withoutMark(os.Environ()))
	}
	return failedStart(err, os.Stderr)
}

func withoutMark(environment []string) []string {
	kept := environment[:0:0]
	for _, entry := range environment {
		if !strings.HasPrefix(entry, innerMark+"=") {
			kept = append(kept, entry)
		}
	}
	return kept
}
