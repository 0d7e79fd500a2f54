package rest

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/wire"
)

// Request is a request whose parameters and body are taken one after the other. What is wrong with them, Err tells when all
// have been taken.
type Request struct {
	http    *http.Request
	writer  http.ResponseWriter
	ctx     context.Context // the operation's; it ends when its time is over
	told    http.Header     // what the caller is told beside the answer
	maxBody int64
	names   []string // of the parameters of the path, and what stands there
	values  []string
	query   url.Values
	content *string // the body, once it has been read
	invalid []problem.Place
	failure error
}

// Err is the problem that the request is, if the contract does not allow it.
func (r *Request) Err() error {
	switch {
	case r.failure != nil:
		return r.failure
	case len(r.invalid) > 0:
		return problem.Invalid(r.invalid...)
	default:
		return nil
	}
}

// Refuse notes that a parameter is not what the contract allows.
func (r *Request) Refuse(parameter, detail string) {
	r.invalid = append(r.invalid, problem.Place{Detail: detail, Parameter: parameter})
}

// Parameter is what a request says in one place that is no body.
type Parameter struct {
	request *Request
	name    string
	values  []string
}

// Path is a part of the path.
func (r *Request) Path(name string) Parameter {
	i := slices.Index(r.names, strings.ReplaceAll(name, "-", "_"))
	return Parameter{r, name, r.values[i : i+1]}
}

// Query is what stands behind the question mark.
func (r *Request) Query(name string) Parameter { return Parameter{r, name, r.Queries()[name]} }

// Queries are all of them.
func (r *Request) Queries() url.Values {
	if r.query == nil {
		r.query = parseQuery(r.http.URL.RawQuery)
	}
	return r.query
}

// parseQuery takes everything as text, unlike url.ParseQuery, which leaves out what it does not like.
func parseQuery(text string) url.Values {
	query := url.Values{}
	for pair := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if pair != "" {
			name = unescaped(name)
			query[name] = append(query[name], unescaped(value))
		}
	}
	return query
}

func unescaped(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// Header is what a header says.
func (r *Request) Header(name string) Parameter {
	return Parameter{r, name, r.http.Header.Values(name)}
}

// Text is what a header says, with commas between what it says more than once; empty if it is not there.
func (p Parameter) Text() string { return strings.Join(p.values, ", ") }

// Required reads a parameter that has to be there.
func Required[T any](p Parameter, t *wire.Scalar[T]) T {
	if len(p.values) == 0 {
		p.request.Refuse(p.name, "should be present")
		var zero T
		return zero
	}
	return parse(p, t, p.values[len(p.values)-1])
}

// Default reads a parameter with a text that stands in for an absent one.
func Default[T any](p Parameter, t *wire.Scalar[T], text string) T {
	if len(p.values) == 0 {
		p.values = []string{text}
	}
	return Required(p, t)
}

// Optional reads a parameter that may be left out.
func Optional[T any](p Parameter, t *wire.Scalar[T]) *T {
	if len(p.values) == 0 {
		return nil
	}
	value := Required(p, t)
	return &value
}

// OptionalBytes reads a parameter that may be left out: nil is absent.
func OptionalBytes(p Parameter, t *wire.Scalar[[]byte]) []byte {
	if len(p.values) == 0 {
		return nil
	}
	return Required(p, t)
}

// List reads a parameter that is repeated, and has to be there.
func List[T any](p Parameter, t *wire.ListType[T]) []T {
	if len(p.values) == 0 {
		p.request.Refuse(p.name, "should be present")
		return nil
	}
	list, err := t.Parse(p.values)
	if err != nil {
		p.request.Refuse(p.name, err.Error())
	}
	return list
}

// DefaultList reads a parameter that is repeated, with texts that stand in for it where it is absent.
func DefaultList[T any](p Parameter, t *wire.ListType[T], texts ...string) []T {
	if len(p.values) == 0 {
		p.values = texts
	}
	list, err := t.Parse(p.values)
	if err != nil {
		p.request.Refuse(p.name, err.Error())
	}
	return list
}

// OptionalList reads a parameter that is repeated, or left out: nil is absent.
func OptionalList[T any](p Parameter, t *wire.ListType[T]) []T {
	if len(p.values) == 0 {
		return nil
	}
	return List(p, t)
}

func parse[T any](p Parameter, t *wire.Scalar[T], text string) T {
	value, err := t.Parse(text)
	if err != nil {
		p.request.Refuse(p.name, err.Error())
	}
	return value
}

// Body reads the body, which has to be there.
func Body[T any](r *Request, t wire.Type[T]) T {
	text, ok := r.text()
	if ok && text == "" {
		r.invalid = append(r.invalid, problem.Place{Detail: "should be present", Pointer: "#"})
		ok = false
	}
	var value T
	if ok {
		value = decode(r, t, text)
	}
	return value
}

// OptionalBody reads a body that may be left out, or null.
func OptionalBody[T any](r *Request, t wire.Type[T]) *T {
	text, ok := r.text()
	if !ok || text == "" || strings.Trim(text, " \t\r\n") == "null" {
		return nil
	}
	value := decode(r, t, text)
	return &value
}

// NilBody reads a body that may be left out, or null, of a type that is nil then.
func NilBody[T any](r *Request, t wire.Type[T]) T {
	var value T
	if body := OptionalBody(r, t); body != nil {
		value = *body
	}
	return value
}

func decode[T any](r *Request, t wire.Type[T], text string) T {
	value, problems := wire.Decode(text, t)
	for _, each := range problems {
		r.invalid = append(r.invalid, problem.Place{Detail: each.Detail, Pointer: each.Pointer})
	}
	return value
}

// text is the whole body; empty if there is none.
func (r *Request) text() (string, bool) {
	if r.content != nil {
		return *r.content, true
	}
	controller := http.NewResponseController(r.writer)
	if deadline, ok := r.ctx.Deadline(); ok {
		_ = controller.SetReadDeadline(deadline) // a recorder of a test has none
	}
	text, err := readAll(http.MaxBytesReader(r.writer, r.http.Body, r.maxBody), r.http.ContentLength)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		r.failure = problem.New(http.StatusRequestEntityTooLarge, "")
	case errors.Is(err, os.ErrDeadlineExceeded):
		r.failure = context.DeadlineExceeded
	case err != nil:
		r.failure = problem.New(http.StatusBadRequest, "The body ended early.")
	case text != "" && !isJSON(r.http.Header.Get("Content-Type")):
		r.failure = problem.New(http.StatusUnsupportedMediaType, "The body should be application/json.")
	default:
		_ = controller.SetReadDeadline(time.Time{})
		r.content = &text
		return text, true
	}
	return "", false
}

// readAll reads in one piece what says how long it is.
func readAll(body io.Reader, length int64) (string, error) {
	if length < 0 {
		content, err := io.ReadAll(body)
		return string(content), err
	}
	content := make([]byte, length)
	_, err := io.ReadFull(body, content)
	return string(content), err
}

func isJSON(contentType string) bool {
	if contentType == "application/json" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	return err == nil && mediaType == "application/json"
}
