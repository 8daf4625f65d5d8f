// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"
)

const followInterval = 200 * time.Millisecond

type logOptions struct {
	follow bool
	tail   int64 // -1: all
	limit  int64 // -1: none
}

func parseLogOptions(r *http.Request) (logOptions, error) {
	query := r.URL.Query()
	o := logOptions{tail: -1, limit: -1}
	for _, name := range []string{"timestamps", "previous"} {
		if value, _ := strconv.ParseBool(query.Get(name)); value {
			return o, fmt.Errorf("the embedded hub keeps no %s of logs: leave the option out", name)
		}
	}
	for _, name := range []string{"sinceSeconds", "sinceTime"} {
		if query.Get(name) != "" {
			return o, fmt.Errorf("the embedded hub keeps no times of log lines: leave out %s", name)
		}
	}
	o.follow, _ = strconv.ParseBool(query.Get("follow"))
	for name, target := range map[string]*int64{"tailLines": &o.tail, "limitBytes": &o.limit} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		value, err := strconv.ParseInt(text, 10, 64)
		if err != nil || value < 0 {
			return o, fmt.Errorf("%s=%q is not a number of at least 0", name, text)
		}
		*target = value
	}
	return o, nil
}

func (s *service) serveLogs(w http.ResponseWriter, r *http.Request) {
	namespace, pod, name := r.PathValue("namespace"), r.PathValue("pod"), r.PathValue("container")
	c, err := s.containers.container(namespace, pod, name)
	if err != nil {
		refuse(w, err)
		return
	}
	o, err := parseLogOptions(r)
	if err != nil {
		refuse(w, err)
		return
	}
	if c.Log == "" {
		refuse(w, fmt.Errorf("container %s of pod %s/%s has no log: %w", name, namespace, pod, errNotFound))
		return
	}
	present := func() bool {
		_, err := s.containers.container(namespace, pod, name)
		return err == nil
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if err := copyLog(r.Context(), w, c.Log, o, present); err != nil && !errors.Is(err, context.Canceled) {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// copyLog writes the log, and goes on with what is added while the container is there and the client listens.
func copyLog(ctx context.Context, w http.ResponseWriter, path string, o logOptions, present func() bool) error {
	file, err := openLog(ctx, path, o.follow, present)
	if file == nil || err != nil {
		return err
	}
	defer file.Close()
	if err := seekTail(file, o.tail); err != nil {
		return err
	}
	source := &io.LimitedReader{R: file, N: math.MaxInt64}
	if o.limit >= 0 {
		source.N = o.limit
	}
	for {
		last := !o.follow || !present()
		if _, err := io.Copy(w, source); err != nil {
			return err
		}
		if last || source.N == 0 {
			return nil
		}
		_ = http.NewResponseController(w).Flush()
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

// openLog gives no file when nothing was ever said; a follower waits for the first word.
func openLog(ctx context.Context, path string, follow bool, present func() bool) (*os.File, error) {
	for {
		file, err := os.Open(path)
		if err == nil || !errors.Is(err, os.ErrNotExist) {
			return file, err
		}
		if !follow || !present() {
			return nil, nil
		}
		if err := pause(ctx); err != nil {
			return nil, err
		}
	}
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(followInterval):
		return nil
	}
}

// seekTail puts the file at the start of its last lines, read backwards so that a long log costs nothing.
func seekTail(file *os.File, lines int64) error {
	if lines < 0 {
		return nil
	}
	position, err := file.Seek(0, io.SeekEnd)
	if err != nil || lines == 0 {
		return err
	}
	end := position
	buffer := make([]byte, 32*1024)
	for position > 0 {
		size := min(int64(len(buffer)), position)
		position -= size
		if _, err := file.ReadAt(buffer[:size], position); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		chunk := buffer[:size]
		if position+size == end && chunk[size-1] == '\n' {
			chunk = chunk[:size-1] // the end of the last line starts no other
		}
		for at := bytes.LastIndexByte(chunk, '\n'); at >= 0; at = bytes.LastIndexByte(chunk[:at], '\n') {
			if lines--; lines == 0 {
				_, err := file.Seek(position+int64(at)+1, io.SeekStart)
				return err
			}
		}
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}
