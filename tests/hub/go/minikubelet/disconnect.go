// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
)

// watchDisconnect calls gone once the client's connection ends. After an upgrade net/http does not tell a handler
// about that any more, and a command without input or output would run on unnoticed.
func watchDisconnect(w http.ResponseWriter, gone func()) http.ResponseWriter {
	return &watchedWriter{ResponseWriter: w, gone: gone}
}

type watchedWriter struct {
	http.ResponseWriter
	gone func()
}

func (w *watchedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	// The buffer reads the connection behind our back: keep what it has and read on through the watched one.
	ahead, _ := buffered.Reader.Peek(buffered.Reader.Buffered())
	watched := &watchedConn{Conn: conn, gone: w.gone}
	reader := bufio.NewReader(io.MultiReader(bytes.NewReader(append([]byte(nil), ahead...)), watched))
	return watched, bufio.NewReadWriter(reader, bufio.NewWriter(watched)), nil
}

type watchedConn struct {
	net.Conn
	gone func()
}

func (c *watchedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.gone()
	}
	return n, err
}
