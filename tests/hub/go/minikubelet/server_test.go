// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/spdy"
)

func status(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	response := must[*http.Response](t)(client.Get(url))
	defer response.Body.Close()
	body := must[[]byte](t)(io.ReadAll(response.Body))
	return response.StatusCode, string(body)
}

func TestOnlyTheNamedClientIsLetIn(t *testing.T) {
	k := startKubelet(t)
	if got, _ := status(t, k.http(t, "friend"), k.url+"/healthz"); got != 200 {
		t.Fatalf("the API server's certificate was answered with %d", got)
	}
	if _, err := k.http(t, "stranger").Get(k.url + "/healthz"); err == nil {
		t.Fatal("another certificate of the same CA was let in")
	}
	config := k.config("friend")
	config.CertFile, config.KeyFile = "", ""
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig.InsecureSkipVerify = true
	if _, err := (&http.Client{Transport: transport}).Get(k.url + "/healthz"); err == nil {
		t.Fatal("a client without certificate was let in")
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "localhost:0", "nonsense"} {
		if l, err := listen(address); err == nil {
			l.Close()
			t.Errorf("listened on %s", address)
		}
	}
}

func TestUnknownAndMadeUpNames(t *testing.T) {
	k := startKubelet(t)
	if err := os.WriteFile(filepath.Join(k.state, "secret.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{
		"/exec/ns/pod/other":            404,
		"/exec/ns/other/main":           404,
		"/exec/other/pod/main":          404,
		"/exec/ns/%2e%2e/main":          400,
		"/exec/%2e%2e/pod/main":         400,
		"/exec/ns/pod/%2e%2e%2fmain":    400,
		"/exec/ns/pod/..%2f..%2fsecret": 400,
		"/exec/ns/a..b/main":            400,
		"/containerLogs/ns/pod/other":   404,
		"/containerLogs/ns/..%2fx/m":    400,
		"/portForward/ns/other":         404,
		"/portForward/ns/%2e%2e":        400,
	} {
		if got, body := status(t, k.http(t, "friend"), k.url+path+"?command=true"); got != want {
			t.Errorf("%s was answered with %d %q, want %d", path, got, body, want)
		}
	}
}

func TestTerminalIsRefused(t *testing.T) {
	k := startKubelet(t)
	got, body := status(t, k.http(t, "friend"), k.url+"/exec/ns/pod/main?command=sh&tty=1&input=1&output=1")
	if got != 400 || !strings.Contains(body, "--tty") {
		t.Fatalf("answered with %d %q", got, body)
	}
}

func TestLogs(t *testing.T) {
	k := startKubelet(t)
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, []byte("one\ntwo\nthree\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	k.record(t, "main", container{Log: log})
	k.record(t, "quiet", container{Log: log + "-not-there"})
	for query, want := range map[string]string{
		"main": "one\ntwo\nthree\n", "main?tailLines=2": "two\nthree\n", "main?tailLines=0": "", "main?tailLines=9": "one\ntwo\nthree\n",
		"main?limitBytes=5": "one\nt", "main?tailLines=1&limitBytes=2": "th", "main?follow=true&limitBytes=4": "one\n", "quiet": "",
	} {
		if got, body := status(t, k.http(t, "friend"), k.url+"/containerLogs/ns/pod/"+query); got != 200 || body != want {
			t.Errorf("%s was answered with %d %q, want %q", query, got, body, want)
		}
	}
	for _, query := range []string{"previous=true", "timestamps=true", "sinceSeconds=5", "tailLines=x", "tailLines=-1"} {
		if got, _ := status(t, k.http(t, "friend"), k.url+"/containerLogs/ns/pod/main?"+query); got != 400 {
			t.Errorf("%s was answered with %d, want 400", query, got)
		}
	}
}

func TestTailOfALongLog(t *testing.T) {
	k := startKubelet(t)
	var text bytes.Buffer
	for i := range 20000 {
		fmt.Fprintf(&text, "line %d\n", i)
	}
	log := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(log, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	k.record(t, "main", container{Log: log})
	for _, lines := range []int{1, 3000, 4095, 4096, 19999, 20000} {
		_, body := status(t, k.http(t, "friend"), fmt.Sprintf("%s/containerLogs/ns/pod/main?tailLines=%d", k.url, lines))
		if got := strings.Count(body, "\n"); got != lines || !strings.HasPrefix(body, fmt.Sprintf("line %d\n", 20000-lines)) {
			t.Errorf("tail of %d gave %d lines", lines, got)
		}
	}
}

func TestLogsAreFollowedUntilTheContainerGoes(t *testing.T) {
	k := startKubelet(t)
	log := filepath.Join(t.TempDir(), "log") // made only later
	k.record(t, "main", container{Log: log})
	response := make(chan *http.Response, 1)
	go func() {
		r, err := k.http(t, "friend").Get(k.url + "/containerLogs/ns/pod/main?follow=true")
		if err != nil {
			t.Error(err)
		}
		response <- r
	}()
	file := must[*os.File](t)(os.Create(log))
	defer file.Close()
	fmt.Fprintln(file, "first")
	r := <-response
	if r == nil {
		return
	}
	defer r.Body.Close()
	lines := bufio.NewReader(r.Body)
	if line, err := lines.ReadString('\n'); line != "first\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	fmt.Fprintln(file, "second")
	if line, err := lines.ReadString('\n'); line != "second\n" {
		t.Fatalf("got %q, %v", line, err)
	}
	if err := os.Remove(filepath.Join(k.state, "ns", "pod", "main.json")); err != nil {
		t.Fatal(err)
	}
	if rest, err := io.ReadAll(lines); err != nil || len(rest) != 0 {
		t.Fatalf("got %q, %v", rest, err)
	}
}

// echoServer sends back what it is sent, when it has been sent all.
func echoServer(t *testing.T) string {
	t.Helper()
	listener := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				data, _ := io.ReadAll(conn)
				_, _ = conn.Write(data)
			}()
		}
	}()
	return listener.Addr().String()
}

func (k *kubelet) forward(t *testing.T, port int) (string, *bytes.Buffer) {
	t.Helper()
	transport, upgrader, err := spdy.RoundTripperFor(k.config("friend"))
	if err != nil {
		t.Fatal(err)
	}
	address := must[*url.URL](t)(url.Parse(k.url + "/portForward/ns/pod"))
	dialer := spdy.NewDialer(upgrader, &http.Client{Transport: transport}, "POST", address)
	stop, ready := make(chan struct{}), make(chan struct{})
	var errors bytes.Buffer
	forwarder := must[*portforward.PortForwarder](t)(portforward.New(dialer, []string{fmt.Sprintf("0:%d", port)}, stop, ready, io.Discard, &errors))
	ended := make(chan error, 1)
	go func() { ended <- forwarder.ForwardPorts() }()
	t.Cleanup(func() { close(stop); <-ended })
	<-ready
	ports := must[[]portforward.ForwardedPort](t)(forwarder.GetPorts())
	return fmt.Sprintf("127.0.0.1:%d", ports[0].Local), &errors
}

func TestPortForward(t *testing.T) {
	k := startKubelet(t)
	k.record(t, "main", container{Ports: map[string]string{"2379": echoServer(t)}})
	local, _ := k.forward(t, 2379)
	for range 3 { // several connections over one forward
		conn := must[net.Conn](t)(net.Dial("tcp", local))
		sent := bytes.Repeat([]byte("0123456789"), 100000)
		go func() {
			_, _ = conn.Write(sent)
			_ = conn.(*net.TCPConn).CloseWrite()
		}()
		received := must[[]byte](t)(io.ReadAll(conn))
		conn.Close()
		if !bytes.Equal(sent, received) {
			t.Fatalf("sent %d bytes, received %d", len(sent), len(received))
		}
	}
}

func TestPortTargets(t *testing.T) {
	containers := map[string]container{
		"a": {Address: "127.0.0.11"},
		"b": {Ports: map[string]string{"80": "192.0.2.1:80"}},
	}
	if got, err := portTarget(containers, 2379); got != "127.0.0.11:2379" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	delete(containers, "a")
	if _, err := portTarget(containers, 80); err == nil {
		t.Error("a target beyond loopback was accepted")
	}
	if _, err := portTarget(containers, 81); err == nil {
		t.Error("a port that nothing serves has a target")
	}
}

func TestPortForwardToADeadPortEnds(t *testing.T) {
	k := startKubelet(t)
	listener := must[net.Listener](t)(net.Listen("tcp", "127.0.0.1:0"))
	dead := listener.Addr().String()
	listener.Close()
	k.record(t, "main", container{Ports: map[string]string{"2379": dead}})
	local, _ := k.forward(t, 2379)
	conn := must[net.Conn](t)(net.Dial("tcp", local))
	defer conn.Close()
	if data, _ := io.ReadAll(conn); len(data) != 0 {
		t.Fatalf("got %q", data)
	}
}

func TestOptions(t *testing.T) {
	if err := run([]string{"--address=127.0.0.1:0"}); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Fatalf("got %v", err)
	}
	if _, err := serverTLS("x", "y", "z", "n"); err == nil {
		t.Fatal("files that are not there were accepted")
	}
}
