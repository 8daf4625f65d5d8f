// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
)

// PortForward connects a stream with the place where a port of the pod really is.
func (s *service) PortForward(ctx context.Context, key, _ string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	namespace, pod, _ := strings.Cut(key, "/")
	containers, err := s.containers.pod(namespace, pod)
	if err != nil {
		return err
	}
	target, err := portTarget(containers, port)
	if err != nil {
		return fmt.Errorf("pod %s: %w", key, err)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", target)
	if err != nil {
		return fmt.Errorf("port %d of pod %s is not listening: %w", port, key, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	return join(conn, stream)
}

func portTarget(containers map[string]container, port int32) (string, error) {
	for _, c := range containers {
		target := c.target(port)
		if target == "" {
			continue
		}
		host, _, err := net.SplitHostPort(target)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			return "", fmt.Errorf("the target %q of port %d is not on loopback", target, port)
		}
		return target, nil
	}
	return "", fmt.Errorf("nothing in it serves port %d", port)
}

// join copies both ways; each side learns of the other's end.
func join(conn net.Conn, stream io.ReadWriteCloser) error {
	toPod := make(chan error, 1)
	go func() {
		_, err := io.Copy(conn, stream)
		if half, ok := conn.(interface{ CloseWrite() error }); ok {
			_ = half.CloseWrite()
		}
		toPod <- err
	}()
	if _, err := io.Copy(stream, conn); err != nil {
		return err
	}
	// The pod has said all; what the client still sends has nowhere to go.
	_ = stream.Close()
	select {
	case err := <-toPod:
		return err
	default:
		return nil
	}
}
