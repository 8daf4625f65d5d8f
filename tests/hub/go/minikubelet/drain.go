// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"context"
	"io"
	"os"
	"sync/atomic"
	"time"
)

const (
	// How long a pipe may be silent after its command has ended before a grandchild's hold on it is ignored.
	silence = 200 * time.Millisecond
	// More than a pipe can hold: what comes after so much is a grandchild's, not the command's.
	leftover = 1 << 20
)

// drain copies a command's output to the client. What the command has written arrives however slow the client is, and
// a grandchild that keeps the pipe open does not hold up the end: two things that a plain timeout cannot both give.
type drain struct {
	pipe   *os.File
	client io.Writer
	failed func()
	ended  atomic.Bool
	done   chan struct{}
}

func newDrain(client io.Writer, failed func()) (*drain, *os.File, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	return &drain{pipe: reader, client: client, failed: failed, done: make(chan struct{})}, writer, nil
}

func (d *drain) copy() {
	defer close(d.done)
	buffer := make([]byte, 32*1024)
	for rest := leftover; rest > 0; {
		ended := d.ended.Load()
		if ended {
			_ = d.pipe.SetReadDeadline(time.Now().Add(silence))
		}
		n, err := d.pipe.Read(buffer)
		if n > 0 {
			if _, failed := d.client.Write(buffer[:n]); failed != nil {
				d.failed()
				return
			}
		}
		if err != nil {
			return
		}
		if ended {
			rest -= n
		}
	}
}

// commandEnded is called after the command has been waited for: all of its output is in the pipe by now.
func (d *drain) commandEnded() {
	d.ended.Store(true)
	_ = d.pipe.SetReadDeadline(time.Now().Add(silence)) // wakes a read that is under way
}

func (d *drain) wait(ctx context.Context) {
	select {
	case <-d.done:
	case <-ctx.Done():
	}
}

func (d *drain) close() { _ = d.pipe.Close() }
