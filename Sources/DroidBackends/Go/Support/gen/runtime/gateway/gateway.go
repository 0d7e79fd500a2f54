// Package gateway passes requests on, as they are, to what stands behind a gateway.
package gateway

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"

	"droid/gen/runtime/client"
	"droid/gen/runtime/problem"
)

// hopByHop is what is between two neighbours (RFC 9110, 7.6.1).
var hopByHop = []string{
	"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer",
	"Transfer-Encoding", "Upgrade",
}

// ours is what a caller from outside cannot say for us.
var ours = []string{
	"Traceparent", "X-Deadline", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Request-Id", "X-Scopes",
	"X-Subject",
}

// Pass passes requests on by a client, with or without their prefix.
func Pass(c *client.Client, prefix string, strips bool) func(context.Context, http.ResponseWriter, *http.Request) (int, error) {
	return func(ctx context.Context, w http.ResponseWriter, r *http.Request) (int, error) {
		hasBody := r.ContentLength != 0
		mayRepeat := !hasBody && slices.Contains([]string{"GET", "HEAD", "PUT", "DELETE"}, r.Method)
		response, err := c.Forward(ctx, r.Method, target(r, prefix, strips), mayRepeat,
			func(ctx context.Context, address string) (*http.Request, error) {
				return outgoing(ctx, r, address, hasBody)
			})
		var tooLarge *http.MaxBytesError
		switch {
		case errors.As(err, &tooLarge):
			return 0, problem.New(http.StatusRequestEntityTooLarge, "")
		case err != nil:
			return 0, err
		}
		defer func() { _ = response.Body.Close() }()
		answer(w, response)
		return response.StatusCode, nil
	}
}

// target is the path and the query, as they came.
func target(r *http.Request, prefix string, strips bool) string {
	path := r.URL.EscapedPath()
	if strips {
		path = strings.TrimPrefix(path, prefix)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	if r.URL.RawQuery != "" || r.URL.ForceQuery {
		path += "?" + r.URL.RawQuery
	}
	return path
}

func outgoing(ctx context.Context, r *http.Request, address string, hasBody bool) (*http.Request, error) {
	var body io.Reader
	if hasBody {
		body = r.Body
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, address, body)
	if err != nil {
		return nil, err
	}
	request.ContentLength = r.ContentLength
	request.Header = passedOn(r.Header)
	for _, name := range ours {
		request.Header.Del(name)
	}
	seen := r.Header.Values("X-Forwarded-For")
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		seen = append(slices.Clone(seen), host)
	}
	request.Header.Set("X-Forwarded-For", strings.Join(seen, ", "))
	request.Header.Set("X-Forwarded-Host", r.Host)
	request.Header.Set("X-Forwarded-Proto", "http")
	if r.Header.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", "") // none of ours
	}
	return request, nil
}

// passedOn are the headers without those that end here.
func passedOn(header http.Header) http.Header {
	passed := header.Clone()
	for _, listed := range header.Values("Connection") {
		for name := range strings.SplitSeq(listed, ",") {
			passed.Del(textproto.TrimString(name))
		}
	}
	for _, name := range hopByHop {
		passed.Del(name)
	}
	return passed
}

// answer sends what was answered, as it comes.
func answer(w http.ResponseWriter, response *http.Response) {
	header := w.Header()
	for name, values := range passedOn(response.Header) {
		if _, isOurs := header[name]; !isOurs {
			header[name] = values
		}
	}
	w.WriteHeader(response.StatusCode)
	controller := http.NewResponseController(w)
	buffer := make([]byte, 32<<10)
	for {
		n, err := response.Body.Read(buffer)
		if n > 0 {
			if _, gone := w.Write(buffer[:n]); gone != nil {
				return
			}
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the caller must not take a part for the whole
		}
		_ = controller.Flush() // a recorder of a test has none
	}
}
