// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

const (
	idleTimeout     = 4 * time.Hour // as the real kubelet
	creationTimeout = 30 * time.Second
)

type service struct {
	containers store
	commands   *tracker
}

// serverTLS lets in one client only. A certificate of the CA alone is not enough: every user of the hub has one, and
// here no RBAC stands in between.
func serverTLS(cert, key, clientCA, clientName string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(clientCA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%s holds no certificate: give the CA of the clients", clientCA)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		Certificates: []tls.Certificate{pair},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pool,
		VerifyPeerCertificate: func(_ [][]byte, chains [][]*x509.Certificate) error {
			if got := chains[0][0].Subject.CommonName; got != clientName {
				return fmt.Errorf("client %q is not let in, only %q", got, clientName)
			}
			return nil
		},
	}, nil
}

func newServer(s *service, tlsConfig *tls.Config) *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) })
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", s.serveExec)
	mux.HandleFunc("/exec/{namespace}/{pod}/{uid}/{container}", s.serveExec)
	mux.HandleFunc("/portForward/{namespace}/{pod}", s.servePortForward)
	mux.HandleFunc("/portForward/{namespace}/{pod}/{uid}", s.servePortForward)
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", s.serveLogs)
	return &http.Server{
		Handler:           mux,
		TLSConfig:         tlsConfig,
		ReadHeaderTimeout: 10 * time.Second,
		// No HTTP/2: the upgrade to SPDY needs HTTP/1.1.
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
	}
}

func refuse(w http.ResponseWriter, err error) {
	code := http.StatusBadRequest
	if errors.Is(err, errNotFound) {
		code = http.StatusNotFound
	}
	http.Error(w, err.Error(), code)
}

func podKey(r *http.Request) string { return r.PathValue("namespace") + "/" + r.PathValue("pod") }

func (s *service) serveExec(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("container")
	// Looked up before the upgrade, so that an unknown container is a plain 404.
	if _, err := s.containers.container(r.PathValue("namespace"), r.PathValue("pod"), name); err != nil {
		refuse(w, err)
		return
	}
	o, err := remotecommand.NewOptions(r)
	if err != nil {
		refuse(w, err)
		return
	}
	if o.TTY {
		refuse(w, errors.New("the embedded hub has no terminals: leave out --tty (-t)"))
		return
	}
	command := r.URL.Query()["command"]
	if len(command) == 0 {
		refuse(w, errors.New("no command was given"))
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	remotecommand.ServeExec(watchDisconnect(w, r, cancel), r.WithContext(ctx), s, podKey(r), "", name, command, o,
		idleTimeout, creationTimeout, remotecommand.SupportedStreamingProtocols)
}

func (s *service) servePortForward(w http.ResponseWriter, r *http.Request) {
	if _, err := s.containers.pod(r.PathValue("namespace"), r.PathValue("pod")); err != nil {
		refuse(w, err)
		return
	}
	o, err := portforward.NewV4Options(r)
	if err != nil {
		refuse(w, err)
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	portforward.ServePortForward(watchDisconnect(w, r, cancel), r.WithContext(ctx), s, podKey(r), "", o,
		idleTimeout, creationTimeout, portforward.SupportedProtocols)
}
