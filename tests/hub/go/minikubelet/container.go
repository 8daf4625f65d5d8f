// Copyright: (c) 2026, hypershift.core contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// container is what one JSON file says.
type container struct {
	Wrap    []string          `json:"wrap"`    // put before every command
	Env     map[string]string `json:"env"`     // the whole environment; PATH has a default
	Dir     string            `json:"dir"`     // working folder on this machine
	Log     string            `json:"log"`     // file with the container's output
	Address string            `json:"address"` // loopback address of the pod
	Ports   map[string]string `json:"ports"`   // container port -> host:port, where it differs
}

const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func (c container) environment() []string {
	env := make([]string, 0, len(c.Env)+1)
	if _, ok := c.Env["PATH"]; !ok {
		env = append(env, "PATH="+defaultPath)
	}
	for name, value := range c.Env {
		env = append(env, name+"="+value)
	}
	return env
}

func (c container) path() string {
	if value, ok := c.Env["PATH"]; ok {
		return value
	}
	return defaultPath
}

// target is where connections to a port of the container go, empty when nowhere.
func (c container) target(port int32) string {
	if target, ok := c.Ports[strconv.Itoa(int(port))]; ok {
		return target
	}
	if c.Address != "" {
		return net.JoinHostPort(c.Address, strconv.Itoa(int(port)))
	}
	return ""
}

// store finds the files. Names come from the network, so only what can be a Kubernetes name is looked up.
type store struct{ root string }

var validName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)

var errNotFound = errors.New("not found")

func (s store) podDir(namespace, pod string) (string, error) {
	for _, name := range []string{namespace, pod} {
		if !validName.MatchString(name) || strings.Contains(name, "..") {
			return "", fmt.Errorf("%q is not a valid name", name)
		}
	}
	return filepath.Join(s.root, namespace, pod), nil
}

func (s store) container(namespace, pod, name string) (container, error) {
	var c container
	dir, err := s.podDir(namespace, pod)
	if err != nil {
		return c, err
	}
	if !validName.MatchString(name) || strings.Contains(name, ".") {
		return c, fmt.Errorf("%q is not a valid container name", name)
	}
	data, err := os.ReadFile(filepath.Join(dir, name+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("container %s of pod %s/%s has nothing behind it in the embedded hub: %w", name, namespace, pod, errNotFound)
	}
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("the record of container %s of pod %s/%s cannot be read: %w", name, namespace, pod, err)
	}
	return c, nil
}

// pod gives every container of a pod, by name: ports belong to the pod.
func (s store) pod(namespace, pod string) (map[string]container, error) {
	dir, err := s.podDir(namespace, pod)
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("pod %s/%s has nothing behind it in the embedded hub: %w", namespace, pod, errNotFound)
	}
	found := map[string]container{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if found[name], err = s.container(namespace, pod, name); err != nil {
			return nil, err
		}
	}
	return found, nil
}
