package rest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"sync"
	"time"

	"droid/gen/runtime/problem"
)

const (
	// KeepTime is how long an answer is kept.
	KeepTime = 24 * time.Hour
	// LeaseTime is how long a request may be under way: its process may have ended in the middle.
	LeaseTime = time.Minute

	idempotencyKey = "Idempotency-Key"
)

// Kept is an answer that was given.
type Kept struct {
	Status int
	Header http.Header
	Body   []byte
}

// Answers are kept by what was asked.
type Answers interface {
	// Begin finds what was asked before, and the answer if it is over; nil if this request is the first, and under way now.
	Begin(ctx context.Context, scope string, request []byte) (*Begun, error)
	// Keep keeps the answer of a request that is under way.
	Keep(ctx context.Context, scope string, answer Kept) error
	// Forget lets a request that is under way be tried again.
	Forget(ctx context.Context, scope string) error
}

// Begun is a request that was made before.
type Begun struct {
	Request []byte
	// Answer is nil while the request is under way.
	Answer *Kept
}

// Once answers what is asked again, with the same Idempotency-Key, with what was answered first.
func Once(answers Answers, place string, isRequired bool, handler Handler) Handler {
	return func(ctx context.Context, r *Request) (*Response, error) {
		key := r.http.Header.Get(idempotencyKey)
		switch {
		case key == "" && len(r.http.Header.Values(idempotencyKey)) == 0 && !isRequired:
			return handler(ctx, r)
		case !isPrintable(key):
			return nil, invalidKey("should be 1 to 255 printable ASCII characters")
		}
		text, ok := r.text()
		if !ok {
			return nil, r.failure
		}
		asked := sha256.Sum256([]byte(r.http.URL.RequestURI() + "\n" + text))
		name := sha256.Sum256([]byte(place + "\n" + CallerOf(ctx).Subject + "\n" + key))
		scope := hex.EncodeToString(name[:])
		begun, err := answers.Begin(ctx, scope, asked[:])
		switch {
		case err != nil:
			return nil, err
		case begun == nil:
			return first(ctx, r, answers, scope, handler)
		case string(begun.Request) != string(asked[:]):
			return nil, invalidKey("was used for another request")
		case begun.Answer == nil:
			return nil, problem.Conflict("A request with this key is under way.")
		default:
			return again(begun.Answer), nil
		}
	}
}

// first answers, and keeps the answer unless trying again may help.
func first(ctx context.Context, r *Request, answers Answers, scope string, handler Handler) (response *Response, err error) {
	isKept := false
	after := context.WithoutCancel(ctx) // the answer holds, whoever still waits for it
	defer func() {
		if !isKept {
			_ = answers.Forget(after, scope) // it ends with its lease
		}
	}()
	response, err = handler(ctx, r)
	if err != nil {
		p := problem.Of(err)
		if p.Status >= http.StatusInternalServerError || ctx.Err() != nil {
			return nil, err
		}
		response = failed(p)
	}
	header := http.Header{}
	for _, each := range response.header {
		header[each.name] = each.value
	}
	if response.contentType != nil {
		header["Content-Type"] = response.contentType
	}
	err = answers.Keep(after, scope, Kept{response.Status, header, append([]byte(nil), response.Body()...)})
	isKept = err == nil
	return response, err
}

func again(kept *Kept) *Response {
	response := &Response{Status: kept.Status, raw: kept.Body}
	for name, values := range kept.Header {
		if name == "Content-Type" {
			response.contentType = values
			continue
		}
		response.header = append(response.header, headerField{name, values})
	}
	response.Set("Idempotency-Replayed", "true")
	return response
}

func invalidKey(detail string) error {
	return problem.Invalid(problem.Place{Detail: detail, Parameter: idempotencyKey})
}

func isPrintable(text string) bool {
	return text != "" && len(text) <= 255 && strings.IndexFunc(text, func(c rune) bool { return c < ' ' || c > '~' }) < 0
}

// MemoryAnswers keeps answers as long as the process lives. Its zero value is ready to be used.
type MemoryAnswers struct {
	mutex   sync.Mutex
	entries map[string]*memoryEntry
	oldest  []*memoryEntry
}

type memoryEntry struct {
	scope string
	begun time.Time
	Begun
}

// Begin finds what was asked before.
func (m *MemoryAnswers) Begin(_ context.Context, scope string, request []byte) (*Begun, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for len(m.oldest) > 0 && time.Since(m.oldest[0].begun) > KeepTime {
		if entry := m.oldest[0]; m.entries[entry.scope] == entry {
			delete(m.entries, entry.scope)
		}
		m.oldest = m.oldest[1:]
	}
	if entry := m.entries[scope]; entry != nil {
		begun := entry.Begun
		return &begun, nil
	}
	entry := &memoryEntry{scope, time.Now(), Begun{Request: request}}
	if m.entries == nil {
		m.entries = map[string]*memoryEntry{}
	}
	m.entries[scope] = entry
	m.oldest = append(m.oldest, entry)
	return nil, nil
}

// Keep keeps the answer of a request that is under way.
func (m *MemoryAnswers) Keep(_ context.Context, scope string, answer Kept) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if entry := m.entries[scope]; entry != nil {
		entry.Answer = &answer
	}
	return nil
}

// Forget lets a request that is under way be tried again.
func (m *MemoryAnswers) Forget(_ context.Context, scope string) error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	delete(m.entries, scope)
	return nil
}
