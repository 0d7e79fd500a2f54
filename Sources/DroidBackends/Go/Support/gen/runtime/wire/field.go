package wire

// Field is a field of the record T.
type Field[T any] struct {
	// Name is its name on the wire.
	Name string
	// IsHidden tells that its values are personal or secret: no log shows them.
	IsHidden bool
	// Pointer is where its value stands in a record.
	Pointer func(record *T) any

	read       func(r *Reader, record *T)
	absent     func(r *Reader, record *T)
	isPresent  func(record *T) bool
	write      func(w *Writer, record *T)
	clone      func(record *T)
	value      func(record *T) any
	assign     func(record *T, value any)
	scalar     scalarField
	isOptional bool
}

// scalarField is what lists can do with a field whose values are scalars.
type scalarField struct {
	parse   func(text string) (any, error)
	format  func(value any) string
	compare func(a, b any) int
	sorts   bool
	bounds  bool
}

// Hidden is the field, marked as one whose values are personal or secret.
func (f Field[T]) Hidden() Field[T] {
	write := f.write
	f.IsHidden = true
	f.write = func(w *Writer, record *T) {
		if w.isMasked {
			w.String("***")
			return
		}
		write(w, record)
	}
	return f
}

// Required is a field that is always there.
func Required[T, F any](name string, at func(record *T) *F, t Type[F]) Field[T] {
	f := field(name, at, t)
	f.read = func(r *Reader, record *T) { *at(record) = t.Read(r) }
	f.absent = func(r *Reader, _ *T) { r.Complain("should be present") }
	f.isPresent = func(*T) bool { return true }
	f.write = func(w *Writer, record *T) { t.Write(w, *at(record)) }
	return f
}

// Default is the field with a value, as JSON, that stands in for an absent one.
func (f Field[T]) Default(value string) Field[T] {
	var record T
	if problems := f.ReadJSON(&record, value); len(problems) > 0 {
		panic("wire: " + value + " " + problems[0].Detail)
	}
	f.absent = func(_ *Reader, record *T) { f.ReadJSON(record, value) }
	return f
}

// Optional is a field that may be left out.
func Optional[T, F any](name string, at func(record *T) **F, t Type[F]) Field[T] {
	f := field(name, func(record *T) *F { return *at(record) }, t)
	f.isOptional = true
	f.Pointer = func(record *T) any { return at(record) }
	f.assign = func(record *T, value any) {
		present := value.(F)
		*at(record) = &present
	}
	f.clone = func(record *T) {
		if value := *at(record); value != nil {
			clone := t.Clone(*value)
			*at(record) = &clone
		}
	}
	f.read = func(r *Reader, record *T) {
		if r.null() {
			*at(record) = nil
			return
		}
		value := t.Read(r)
		*at(record) = &value
	}
	f.absent = func(*Reader, *T) {}
	f.isPresent = func(record *T) bool { return *at(record) != nil }
	f.write = func(w *Writer, record *T) { t.Write(w, **at(record)) }
	return f
}

// OptionalList is a list, or bytes, that may be left out: nil is absent, and no elements are something else.
func OptionalList[T, E any, F ~[]E](name string, at func(record *T) *F, t Type[F]) Field[T] {
	return optionalNil(name, at, t, func(value F) bool { return value == nil })
}

// OptionalMap is a map that may be left out: nil is absent.
func OptionalMap[T, E any](name string, at func(record *T) *map[string]E, t Type[map[string]E]) Field[T] {
	return optionalNil(name, at, t, func(value map[string]E) bool { return value == nil })
}

// OmitEmpty is a text that may be left out: an empty one is absent.
func OmitEmpty[T any](name string, at func(record *T) *string, t Type[string]) Field[T] {
	return optionalNil(name, at, t, func(value string) bool { return value == "" })
}

func optionalNil[T, F any](name string, at func(record *T) *F, t Type[F], isNil func(value F) bool) Field[T] {
	f := field(name, at, t)
	f.isOptional = true
	f.read = func(r *Reader, record *T) {
		if !r.null() {
			*at(record) = t.Read(r)
		}
	}
	f.absent = func(*Reader, *T) {}
	f.isPresent = func(record *T) bool { return !isNil(*at(record)) }
	f.write = func(w *Writer, record *T) { t.Write(w, *at(record)) }
	return f
}

// field has what all kinds of fields have in common.
func field[T, F any](name string, at func(record *T) *F, t Type[F]) Field[T] {
	f := Field[T]{
		Name:    name,
		Pointer: func(record *T) any { return at(record) },
		clone:   func(record *T) { *at(record) = t.Clone(*at(record)) },
		value:   func(record *T) any { return *at(record) },
		assign:  func(record *T, value any) { *at(record) = value.(F) },
	}
	_, isBinary := any(t).(*Scalar[[]byte])
	if scalar, ok := t.(*Scalar[F]); ok && !isBinary {
		f.scalar = scalarField{
			parse:   func(text string) (any, error) { return scalar.Parse(text) },
			format:  func(value any) string { return scalar.Format(value.(F)) },
			compare: func(a, b any) int { return scalar.compare(a.(F), b.(F)) },
			sorts:   scalar.sorts,
			bounds:  scalar.bounds,
		}
	}
	return f
}

// Value is what stands in the field; nil if it is absent.
func (f *Field[T]) Value(record *T) any {
	if !f.isPresent(record) {
		return nil
	}
	return f.value(record)
}

// Assign puts a value of the field's type into a record.
func (f *Field[T]) Assign(record *T, value any) { f.assign(record, value) }

// JSON is the value as it travels; nil if it is absent.
func (f *Field[T]) JSON(record *T) ([]byte, error) {
	if !f.isPresent(record) {
		return nil, nil
	}
	var w Writer
	f.write(&w, record)
	return w.Bytes(), w.Err()
}

// ReadJSON puts the value that the JSON says into a record.
func (f *Field[T]) ReadJSON(record *T, text string) []Problem {
	r := newReader(text)
	f.read(&r, record)
	return r.end()
}

// Filters tells whether lists may be asked for values of the field.
func (f *Field[T]) Filters() bool {
	isUsed := f.Name == "limit" || f.Name == "cursor" || f.Name == "order"
	return f.scalar.parse != nil && !f.IsHidden && !isUsed
}

// HasBounds tells whether lists may be asked for values from one on or up to one.
func (f *Field[T]) HasBounds() bool { return f.Filters() && f.scalar.bounds }

// Sorts tells whether lists may be in the order of the field.
func (f *Field[T]) Sorts() bool { return f.scalar.sorts && !f.IsHidden && !f.isOptional }

// Parse reads a value as a parameter has it.
func (f *Field[T]) Parse(text string) (any, error) { return f.scalar.parse(text) }

// Format writes a value as a parameter has it.
func (f *Field[T]) Format(value any) string { return f.scalar.format(value) }

// Compare orders two values of the field.
func (f *Field[T]) Compare(a, b any) int { return f.scalar.compare(a, b) }
