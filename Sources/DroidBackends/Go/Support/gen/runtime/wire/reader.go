package wire

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep a document may nest.
const maxDepth = 100

// Reader takes values from a JSON document, one after the other, and collects what is wrong with them.
type Reader struct {
	text     string
	at       int
	depth    int
	broken   bool // no JSON: nothing that follows has a meaning
	problems []Problem
}

func newReader(text string) Reader {
	r := Reader{text: text}
	if !utf8.ValidString(text) {
		r.fail()
	}
	return r
}

// end tells what was wrong, once the document has been read.
func (r *Reader) end() []Problem {
	r.space()
	if r.at < len(r.text) {
		r.fail()
	}
	if r.broken {
		return []Problem{{Detail: "should be JSON, nested no deeper than 100 levels", Pointer: "#"}}
	}
	for i := range r.problems {
		r.problems[i].Pointer = "#" + r.problems[i].Pointer
	}
	return r.problems
}

func (r *Reader) fail() {
	r.broken = true
	r.at = len(r.text)
}

// Complain notes what is wrong with the value that was read.
func (r *Reader) Complain(detail string) {
	if detail != "" {
		r.problems = append(r.problems, Problem{Detail: detail})
	}
}

// refuse notes that the next value is of another type, and passes over it.
func (r *Reader) refuse(detail string) {
	// It is read to its end, because what stands behind it counts too: one answer names all that is wrong with a document.
	r.anyValue()
	r.Complain(detail)
}

// within says where the problems stand that were found since there were n of them.
func (r *Reader) within(n int, step string) {
	if len(r.problems) == n {
		return
	}
	step = "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step)
	for i := n; i < len(r.problems); i++ {
		r.problems[i].Pointer = step + r.problems[i].Pointer
	}
}

// withinElement is within for an element of a list.
func (r *Reader) withinElement(n, index int) {
	if len(r.problems) > n {
		r.within(n, strconv.Itoa(index))
	}
}

func (r *Reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// peek is the first byte of the next value; 0 at the end.
func (r *Reader) peek() byte {
	r.space()
	if r.at == len(r.text) {
		return 0
	}
	return r.text[r.at]
}

// open begins an object or array; false if the next value is none.
func (r *Reader) open(bracket byte) bool {
	if r.peek() != bracket {
		return false
	}
	r.at++
	if r.depth++; r.depth > maxDepth {
		r.fail()
	}
	return true
}

// more reports whether another member follows, the first being number 0, and stands before it.
func (r *Reader) more(number int, bracket byte) bool {
	next := r.peek()
	if next == bracket {
		r.at++
		r.depth--
		return false
	}
	if number == 0 {
		return !r.broken
	}
	if next != ',' {
		r.fail()
		return false
	}
	r.at++
	return true
}

// name reads the name of a member of an object.
func (r *Reader) name() string {
	name, ok := r.string()
	if !ok || r.peek() != ':' {
		r.fail()
		return ""
	}
	r.at++
	return name
}

// null passes over a null, if it is one.
func (r *Reader) null() bool { return r.peek() == 'n' && r.word("null") }

func (r *Reader) word(word string) bool {
	if !strings.HasPrefix(r.text[r.at:], word) {
		r.fail()
		return false
	}
	r.at += len(word)
	return true
}

// bare reads a number, true or false as it is written; false if the next value is none of them.
func (r *Reader) bare() (string, bool) {
	switch c := r.peek(); {
	case c == 't':
		return "true", r.word("true")
	case c == 'f':
		return "false", r.word("false")
	case c == '-' || '0' <= c && c <= '9':
		n := number(r.text[r.at:])
		if n == 0 {
			r.fail()
			return "", false
		}
		r.at += n
		return r.text[r.at-n : r.at], true
	default:
		return "", false
	}
}

// number is how many bytes the JSON number has that the text begins with; 0 if it begins with none.
func number(text string) int {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	whole := digits(text[i:])
	if whole == 0 || whole > 1 && text[i] == '0' {
		return 0
	}
	i += whole
	if i < len(text) && text[i] == '.' {
		n := digits(text[i+1:])
		if n == 0 {
			return 0
		}
		i += 1 + n
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		i++
		if i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		n := digits(text[i:])
		if n == 0 {
			return 0
		}
		i += n
	}
	return i
}

func digits(text string) int {
	n := 0
	for n < len(text) && '0' <= text[n] && text[n] <= '9' {
		n++
	}
	return n
}

// string reads a text; false if the next value is none.
func (r *Reader) string() (string, bool) {
	if r.peek() != '"' {
		return "", false
	}
	r.at++
	begin := r.at
	for i := begin; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return r.text[begin:i], true
		case c == '\\':
			r.at = i
			return r.escaped(r.text[begin:i])
		case c < ' ':
			r.fail()
			return "", false
		}
	}
	r.fail()
	return "", false
}

// escaped reads the rest of a text that has an escape.
func (r *Reader) escaped(before string) (string, bool) {
	text := append(make([]byte, 0, len(before)+32), before...)
	for r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		switch {
		case c == '"':
			return string(text), true
		case c < ' ':
			r.fail()
			return "", false
		case c != '\\':
			text = append(text, c)
		default:
			scalar, ok := r.escape()
			if !ok {
				r.fail()
				return "", false
			}
			text = utf8.AppendRune(text, scalar)
		}
	}
	r.fail()
	return "", false
}

// escape reads what follows a backslash.
func (r *Reader) escape() (rune, bool) {
	if r.at == len(r.text) {
		return 0, false
	}
	c := r.text[r.at]
	r.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		scalar, ok := r.unit()
		if !ok || !utf16.IsSurrogate(scalar) {
			return scalar, ok
		}
		if !strings.HasPrefix(r.text[r.at:], `\u`) {
			return 0, false
		}
		r.at += 2
		low, ok := r.unit()
		scalar = utf16.DecodeRune(scalar, low)
		return scalar, ok && scalar != utf8.RuneError
	}
	return 0, false
}

// unit reads the four digits of a UTF-16 code unit.
func (r *Reader) unit() (rune, bool) {
	if len(r.text)-r.at < 4 {
		return 0, false
	}
	unit, err := strconv.ParseUint(r.text[r.at:r.at+4], 16, 16)
	r.at += 4
	return rune(unit), err == nil
}

// anyValue reads a value of any type to its end, keeps nothing of it, and finds whether it is JSON. What it holds is again of
// any type, so anyValue calls itself; open ends that at maxDepth.
func (r *Reader) anyValue() {
	switch r.peek() {
	case '{':
		r.open('{')
		for i := 0; r.more(i, '}'); i++ {
			r.name()
			r.anyValue()
		}
	case '[':
		r.open('[')
		for i := 0; r.more(i, ']'); i++ {
			r.anyValue()
		}
	case '"':
		r.string()
	case 'n':
		r.null()
	default:
		if _, ok := r.bare(); !ok {
			r.fail()
		}
	}
}
