// Package wire holds the values that travel between services: how each is read, checked and written, as JSON and as text.
//
// A [Type] says all of that for the values of one Go type. It is made once, when the program starts, and used for each
// request, without reflection.
package wire

// Type reads and writes the values of one type as JSON.
type Type[T any] interface {
	// Read takes a value from the reader. What the contract does not allow becomes a problem of the reader.
	Read(r *Reader) T
	// Write appends a value to the writer. What the contract does not allow becomes the problem of the writer.
	Write(w *Writer, value T)
	// Clone is the value with no part that both share and one may change.
	Clone(value T) T
}

// Problem is something that the contract does not allow, and where it stands: a JSON pointer as a URI fragment. It never
// repeats the value, which may be personal.
type Problem struct {
	Detail  string
	Pointer string
}

// Decode reads a JSON document. The value is one that the contract allows if there are no problems.
func Decode[T any](text string, t Type[T]) (T, []Problem) {
	r := newReader(text)
	value := t.Read(&r)
	return value, r.end()
}

// MustDecode reads a JSON document that is known to be right, such as a default.
func MustDecode[T any](text string, t Type[T]) T {
	value, problems := Decode(text, t)
	if len(problems) > 0 {
		panic("wire: " + text + " " + problems[0].Detail + " at " + problems[0].Pointer)
	}
	return value
}

// Encode writes a value as JSON.
func Encode[T any](value T, t Type[T]) ([]byte, error) {
	var w Writer
	t.Write(&w, value)
	return w.Bytes(), w.Err()
}

// Unbounded is the upper bound of a size that has none.
const Unbounded = -1

// size complains about a size that is out of its bounds.
func size(n, least, most int, what string) string {
	switch {
	case n >= least && (most == Unbounded || n <= most):
		return ""
	case least == most:
		return "should have exactly " + count(least, what)
	case n < least:
		return "should have at least " + count(least, what)
	default:
		return "should have at most " + count(most, what)
	}
}
