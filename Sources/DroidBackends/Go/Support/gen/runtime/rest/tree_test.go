package rest

import (
	"strings"
	"testing"
)

func TestLettersWinOverParameters(t *testing.T) {
	root := &tree{}
	for _, path := range []string{"/", "/a/{x}/c", "/a/b/{y}", "/a/b/z/{w}", "/{p}", "/a/{x}/z/d"} {
		root.add(path, &route{Operation: Operation{Path: path}})
	}
	for path, expected := range map[string]string{
		"/":          "/",
		"/q":         "/{p} q",
		"/a":         "/{p} a",
		"/a/b/c":     "/a/b/{y} c",
		"/a/q/c":     "/a/{x}/c q",
		"/a/b/z":     "/a/b/{y} z",
		"/a/b/z/d":   "/a/b/z/{w} d",
		"/a/q/z/d":   "/a/{x}/z/d q",
		"/a/b%2Fc/c": "/a/{x}/c b/c",
		"/%61/q/c":   "/a/{x}/c q",
		"/a/q/d":     "",
		"/a//c":      "",
		"/a/b/":      "",
		"/q/":        "",
	} {
		found := ""
		if served, values := root.find(path, nil); served != nil {
			found = strings.Join(append([]string{served.Path}, values...), " ")
		}
		if found != expected {
			t.Errorf("%s leads to %q, and not to %q", path, found, expected)
		}
	}
}
