// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"strings"
)

// watchDisconnect calls gone once the client takes its leave or its connection ends. After an upgrade net/http does
// not tell a handler about that any more, and a command without input or output would run on unnoticed.
func watchDisconnect(w http.ResponseWriter, r *http.Request, gone func()) http.ResponseWriter {
	spdy := strings.HasPrefix(strings.ToUpper(r.Header.Get("Upgrade")), "SPDY/")
	return &watchedWriter{ResponseWriter: w, spdy: spdy, gone: gone}
}

type watchedWriter struct {
	http.ResponseWriter
	spdy bool
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
	if w.spdy {
		watched.frames = &frameScanner{}
	}
	source := io.MultiReader(bytes.NewReader(append([]byte(nil), ahead...)), conn)
	watched.source = source
	return watched, bufio.NewReadWriter(bufio.NewReader(watched), bufio.NewWriter(watched)), nil
}

type watchedConn struct {
	net.Conn
	source io.Reader
	frames *frameScanner // nil unless the connection speaks SPDY
	gone   func()
}

func (c *watchedConn) Read(p []byte) (int, error) {
	n, err := c.source.Read(p)
	// A client of ours that is done says so with GOAWAY and may leave the connection open.
	if err != nil || (c.frames != nil && c.frames.sawGoAway(p[:n])) {
		c.gone()
	}
	return n, err
}

const (
	frameHeader = 8
	controlBit  = 0x80
	goAway      = 7
)

// frameScanner follows the frames of SPDY/3.1 by their headers: a control bit, the type in bytes 2 and 3, and the
// length of the rest in bytes 5 to 7.
type frameScanner struct {
	header []byte
	skip   int
}

func (s *frameScanner) sawGoAway(data []byte) bool {
	for len(data) > 0 {
		if s.skip > 0 {
			step := min(s.skip, len(data))
			s.skip -= step
			data = data[step:]
			continue
		}
		step := min(frameHeader-len(s.header), len(data))
		s.header = append(s.header, data[:step]...)
		data = data[step:]
		if len(s.header) < frameHeader {
			break
		}
		if s.header[0]&controlBit != 0 && binary.BigEndian.Uint16(s.header[2:4]) == goAway {
			return true
		}
		s.skip = int(binary.BigEndian.Uint32(s.header[4:8]) & 0xffffff)
		s.header = s.header[:0]
	}
	return false
}
