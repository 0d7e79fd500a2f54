// Package process is what every service does to run: settings, health, and an end that lets the requests under way finish.
package process

import (
	"errors"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Environment reads settings, and collects all that is wrong with them.
type Environment struct {
	lookup func(name string) (string, bool)
	wrong  []string
}

// NewEnvironment reads from os.LookupEnv, or from what a test has in its place.
func NewEnvironment(lookup func(name string) (string, bool)) *Environment {
	return &Environment{lookup: lookup}
}

// Err names every setting that is wrong.
func (e *Environment) Err() error {
	if len(e.wrong) == 0 {
		return nil
	}
	return errors.New("the environment is not complete:\n  " + strings.Join(e.wrong, "\n  "))
}

func (e *Environment) complain(name, detail string) {
	e.wrong = append(e.wrong, name+": should be "+detail)
}

// Text is a setting of any text; one that is empty is as good as none.
func (e *Environment) Text(name, usual string) string {
	if text, ok := e.lookup(name); ok && text != "" {
		return text
	}
	return usual
}

// Int is a whole number.
func (e *Environment) Int(name string, usual, least, most int) int {
	text := e.Text(name, strconv.Itoa(usual))
	value, err := strconv.Atoi(text)
	if err != nil || value < least || value > most {
		e.complain(name, "a whole number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
	}
	return value
}

// Port is the number of a port; 0 lets the system choose.
func (e *Environment) Port(name string, usual int) int { return e.Int(name, usual, 0, 65535) }

// Seconds is a span of time, as a number of seconds.
func (e *Environment) Seconds(name string, usual float64) time.Duration {
	text := e.Text(name, strconv.FormatFloat(usual, 'f', -1, 64))
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || !(value >= 0 && value <= 86_400) {
		e.complain(name, "a number of seconds")
	}
	return time.Duration(value * float64(time.Second))
}

// Mesh tells whether it is a mesh that ends calls, tries again and breaks off.
func (e *Environment) Mesh(name string) bool {
	layer := e.Text(name, "client")
	if layer != "client" && layer != "mesh" {
		e.complain(name, "client or mesh")
	}
	return layer == "mesh"
}

// Level is how much is logged.
func (e *Environment) Level(name, usual string) slog.Level {
	switch e.Text(name, usual) {
	case "debug":
		return slog.LevelDebug
	case "info":
		return slog.LevelInfo
	case "warning":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	default:
		e.complain(name, "debug, info, warning or error")
		return slog.LevelInfo
	}
}

// URL is an address with one of these schemes, or empty.
func (e *Environment) URL(name string, schemes ...string) string {
	text := e.Text(name, "")
	if text == "" {
		return ""
	}
	address, err := url.Parse(text)
	if err == nil {
		for _, scheme := range schemes {
			if address.Scheme == scheme {
				return text
			}
		}
	}
	e.complain(name, "a URL that begins with "+schemes[len(schemes)-1]+"://")
	return text
}

// KnownURL is an address that is known, unless the setting names another.
func (e *Environment) KnownURL(name, usual string) string {
	if e.Text(name, "") == "" {
		return usual
	}
	return e.RequiredURL(name)
}

// RequiredURL is an address that has to be there.
func (e *Environment) RequiredURL(name string) string {
	if e.Text(name, "") == "" {
		e.complain(name, "there: the address of what is asked, like http://orders")
		return ""
	}
	return strings.TrimSuffix(e.URL(name, "https", "http"), "/")
}

// Secret is a text that has to be there. It is never printed.
func (e *Environment) Secret(name string) string {
	text := e.Text(name, "")
	if text == "" {
		e.complain(name, "there: it is a secret")
	}
	return text
}

// Credentials are a name and a password, with a colon between them.
func (e *Environment) Credentials(name string) string {
	text := e.Text(name, "")
	if user, _, ok := strings.Cut(text, ":"); !ok || user == "" {
		e.complain(name, "a name and a password, with a colon between them")
	}
	return text
}

// Addresses are those of several machines, with commas between them, or empty.
func (e *Environment) Addresses(name string) string {
	text := e.Text(name, "")
	if text == "" {
		return ""
	}
	for each := range strings.SplitSeq(text, ",") {
		host, port, err := net.SplitHostPort(each)
		if number, wrong := strconv.Atoi(port); err != nil || wrong != nil || host == "" || number < 1 || number > 65535 {
			e.complain(name, "addresses like kafka:9092, with commas between them")
			break
		}
	}
	return text
}
