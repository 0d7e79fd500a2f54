package rest

import (
	"fmt"
	"net/http"
	"strconv"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/wire"
)

// Response is an answer, complete before its first byte is sent.
type Response struct {
	Status      int
	header      []headerField // what it has beside the usual
	contentType []string
	writer      *wire.Writer // out of a pool; nil if there is no body
	raw         []byte       // a body that is not ours to free
	isSent      bool         // it was passed on
}

// JSON answers with a value, or fails if it is one that the contract does not allow.
func JSON[T any](status int, t wire.Type[T], value T) (*Response, error) {
	w := wire.NewWriter()
	t.Write(w, value)
	if err := w.Err(); err != nil {
		return nil, fmt.Errorf("the answer is not what the contract promises: %w", err)
	}
	return &Response{Status: status, writer: w, contentType: jsonContent}, nil
}

// Empty answers without a body.
func Empty(status int) (*Response, error) { return &Response{Status: status}, nil }

// Encoded answers with what is JSON already.
func Encoded(status int, json string) *Response {
	w := wire.NewWriter()
	w.Raw(json)
	return &Response{Status: status, writer: w, contentType: jsonContent}
}

// headerField is a header with a canonical name.
type headerField struct {
	name  string
	value []string
}

// Set gives the answer a header. Its name is canonical, like Etag.
func (r *Response) Set(name, value string) {
	r.header = append(r.header, headerField{name, []string{value}})
}

// Body is what is sent.
func (r *Response) Body() []byte {
	if r.writer != nil {
		return r.writer.Bytes()
	}
	return r.raw
}

// failed is the answer that tells of a problem.
func failed(p *problem.Problem) *Response {
	w := wire.NewWriter()
	p.Write(w)
	response := &Response{Status: p.Status, writer: w, contentType: problemContent}
	for name, values := range p.Header {
		response.header = append(response.header, headerField{name, values})
	}
	return response
}

// free gives back what came out of a pool.
func (r *Response) free() {
	if r != nil && r.writer != nil {
		r.writer.Free()
		r.writer = nil
	}
}

// The values of headers that never change: shared by all answers, changed by none.
var (
	jsonContent    = []string{"application/json"}
	problemContent = []string{problem.MediaType}
	noStore        = []string{"no-store"}
	noSniff        = []string{"nosniff"}
	noReferrer     = []string{"no-referrer"}
	contentPolicy  = []string{"default-src 'none'; frame-ancestors 'none'"}
	byTLSOnly      = []string{"max-age=31536000"}
)

// send sends an answer, with the headers that each has.
func (router *Router) send(w http.ResponseWriter, r *http.Request, served *route, response *Response) {
	if response.Status == statusClientGone || response.isSent {
		return
	}
	header := w.Header()
	protect(header)
	if response.Status < 400 {
		header["Cache-Control"] = served.cacheControl
	}
	for _, each := range response.header {
		header[each.name] = each.value
	}
	body := response.Body()
	if response.contentType != nil {
		header["Content-Type"] = response.contentType
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	w.WriteHeader(response.Status)
	if body != nil && r.Method != http.MethodHead {
		_, _ = w.Write(body) // a caller that has gone is not told
	}
}

// protect gives an answer the headers that keep browsers from taking it for something else.
func protect(header http.Header) {
	header["X-Content-Type-Options"] = noSniff
	header["Content-Security-Policy"] = contentPolicy
	header["Referrer-Policy"] = noReferrer
	header["Cache-Control"] = noStore
}
