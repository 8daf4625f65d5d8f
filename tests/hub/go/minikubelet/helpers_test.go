// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// authority signs the certificates of one test.
type authority struct {
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.sign(t, "ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *authority) sign(t *testing.T, name string, template *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key := must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	template.Subject = pkix.Name{CommonName: name}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der := must[[]byte](t)(x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer))
	private := must[[]byte](t)(x509.MarshalPKCS8PrivateKey(key))
	for suffix, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(a.file(name+suffix), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return must[*x509.Certificate](t)(x509.ParseCertificate(der)), key
}

func (a *authority) client(t *testing.T, name string) {
	t.Helper()
	a.sign(t, name, &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
}

// kubelet is a running minikubelet with the container main of pod ns/pod.
type kubelet struct {
	*authority
	url   string
	state string
}

func startKubelet(t *testing.T) *kubelet {
	t.Helper()
	k := &kubelet{authority: newAuthority(t), state: t.TempDir()}
	k.sign(t, "server", &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	k.client(t, "friend")
	k.client(t, "stranger")
	config, err := serverTLS(k.file("server.crt"), k.file("server.key"), k.file("ca.crt"), "friend")
	if err != nil {
		t.Fatal(err)
	}
	listener := must[net.Listener](t)(listen("127.0.0.1:0"))
	commands := newTracker()
	server := newServer(&service{containers: store{root: k.state}, commands: commands}, config)
	go func() { _ = server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { commands.killAll(); _ = server.Close() })
	k.url = "https://" + listener.Addr().String()
	k.record(t, "main", container{})
	return k
}

func (k *kubelet) record(t *testing.T, name string, c container) {
	t.Helper()
	dir := filepath.Join(k.state, "ns", "pod")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".json"), must[[]byte](t)(json.Marshal(c)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (k *kubelet) config(user string) *rest.Config {
	return &rest.Config{Host: k.url, TLSClientConfig: rest.TLSClientConfig{
		CAFile: k.file("ca.crt"), CertFile: k.file(user + ".crt"), KeyFile: k.file(user + ".key")}}
}

func (k *kubelet) http(t *testing.T, user string) *http.Client {
	t.Helper()
	return must[*http.Client](t)(rest.HTTPClientFor(k.config(user)))
}

// exec runs a command as the API server would have it run.
func (k *kubelet) exec(ctx context.Context, t *testing.T, in io.Reader, out, errOut io.Writer, command ...string) error {
	t.Helper()
	return k.execAt(ctx, t, "/exec/ns/pod/main", in, out, errOut, command...)
}

func (k *kubelet) execAt(ctx context.Context, t *testing.T, path string, in io.Reader, out, errOut io.Writer, command ...string) error {
	t.Helper()
	query := url.Values{"command": command}
	for name, wanted := range map[string]bool{"input": in != nil, "output": out != nil, "error": errOut != nil} {
		if wanted {
			query.Set(name, "1")
		}
	}
	address := must[*url.URL](t)(url.Parse(k.url + path + "?" + query.Encode()))
	executor := must[remotecommand.Executor](t)(remotecommand.NewSPDYExecutor(k.config("friend"), "POST", address))
	return executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: in, Stdout: out, Stderr: errOut})
}

// sh runs a shell script in the container and gives its output and exit code.
func (k *kubelet) sh(t *testing.T, script string) (string, string, int) {
	t.Helper()
	var out, errOut bytes.Buffer
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := k.exec(ctx, t, nil, &out, &errOut, "sh", "-c", script)
	return out.String(), errOut.String(), code(t, err)
}

func code(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return 0
	}
	exit, ok := err.(utilexec.ExitError)
	if !ok {
		t.Fatalf("no exit code: %v", err)
	}
	return exit.ExitStatus()
}
