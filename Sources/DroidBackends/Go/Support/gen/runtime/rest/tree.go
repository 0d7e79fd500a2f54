package rest

import (
	"net/url"
	"strings"
)

// tree holds the routes of a method by the segments of their paths.
type tree struct {
	letters   map[string]*tree
	parameter *tree
	route     *route
}

// add puts a route at its path; the parameters of the path are named by the route.
func (t *tree) add(path string, served *route) {
	for segment := range strings.SplitSeq(path[1:], "/") {
		if strings.HasPrefix(segment, "{") {
			served.parameters = append(served.parameters, strings.Trim(segment, "{}"))
			if t.parameter == nil {
				t.parameter = &tree{}
			}
			t = t.parameter
			continue
		}
		if t.letters == nil {
			t.letters = map[string]*tree{}
		}
		if t.letters[segment] == nil {
			t.letters[segment] = &tree{}
		}
		t = t.letters[segment]
	}
	t.route = served
}

// find is the route of a path, which begins with a slash, and the values of its parameters. Segment by segment, letters win
// over parameters; what leads nowhere is tried the other way.
func (t *tree) find(path string, values []string) (*route, []string) {
	if path == "" {
		return t.route, values
	}
	segment, rest := path[1:], ""
	if slash := strings.IndexByte(segment, '/'); slash >= 0 {
		segment, rest = segment[:slash], segment[slash:]
	}
	segment = unescapedSegment(segment)
	if next := t.letters[segment]; next != nil {
		if served, found := next.find(rest, values); served != nil {
			return served, found
		}
	}
	if t.parameter == nil || segment == "" {
		return nil, nil
	}
	return t.parameter.find(rest, append(values, segment))
}

func unescapedSegment(segment string) string {
	if strings.IndexByte(segment, '%') < 0 {
		return segment
	}
	if plain, err := url.PathUnescape(segment); err == nil {
		return plain
	}
	return segment
}
