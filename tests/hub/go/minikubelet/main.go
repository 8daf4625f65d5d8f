// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

// Command minikubelet answers exec, logs and port-forward for the fake nodes of the embedded hub.
//
// The API server reaches it as the kubelet of every node. What a container is, a JSON file per container says; the
// commands run on this machine, behind the prefix that the file gives.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

type options struct {
	address, state, cert, key, clientCA, clientName string
}

func parseOptions(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("minikubelet", flag.ContinueOnError)
	flags.StringVar(&o.address, "address", "", "loopback address and port to listen on")
	flags.StringVar(&o.state, "state", "", "folder with <namespace>/<pod>/<container>.json")
	flags.StringVar(&o.cert, "tls-cert-file", "", "serving certificate")
	flags.StringVar(&o.key, "tls-private-key-file", "", "its key")
	flags.StringVar(&o.clientCA, "client-ca-file", "", "CA of the clients' certificates")
	flags.StringVar(&o.clientName, "client-name", "", "the only common name that is let in")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	for name, value := range map[string]string{"address": o.address, "state": o.state, "tls-cert-file": o.cert,
		"tls-private-key-file": o.key, "client-ca-file": o.clientCA, "client-name": o.clientName} {
		if value == "" {
			return o, fmt.Errorf("--%s is missing: give it a value", name)
		}
	}
	return o, nil
}

// listen refuses every address but loopback: what is served here runs commands on this machine.
func listen(address string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("--address %q cannot be read (%w): use 127.0.0.1:<port>", address, err)
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, fmt.Errorf("--address %q is not on loopback: use 127.0.0.1:<port>", address)
	}
	return net.Listen("tcp", address)
}

func run(arguments []string) error {
	o, err := parseOptions(arguments)
	if err != nil {
		return err
	}
	tlsConfig, err := serverTLS(o.cert, o.key, o.clientCA, o.clientName)
	if err != nil {
		return err
	}
	listener, err := listen(o.address)
	if err != nil {
		return err
	}
	commands := newTracker()
	server := newServer(&service{containers: store{root: o.state}, commands: commands}, tlsConfig)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	go func() {
		<-ctx.Done()
		commands.killAll()
		short, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = server.Shutdown(short)
		_ = server.Close()
	}()
	log.Printf("listening on %s", listener.Addr())
	if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == viewCommand {
		os.Exit(runView(os.Args[2:]))
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "minikubelet:", err)
		os.Exit(1)
	}
}
