package wire

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
)

// UUID is a universally unique identifier.
type UUID [16]byte

// UUIDType is the type of identifiers in the form 8-4-4-4-12, read in either case and written in lower case.
var UUIDType = &Scalar[UUID]{
	meaning:  "a UUID",
	isQuoted: true,
	parse:    parseUUID,
	append:   func(b []byte, value UUID) []byte { return value.append(b) },
	compare:  func(a, b UUID) int { return bytes.Compare(a[:], b[:]) },
	sorts:    true,
}

// NewUUID makes a random one (version 4).
func NewUUID() UUID {
	var id UUID
	_, _ = rand.Read(id[:]) // it never fails
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ParseUUID reads the form 8-4-4-4-12.
func ParseUUID(text string) (UUID, error) {
	id, ok := parseUUID(text)
	if !ok {
		return id, errors.New("should be a UUID")
	}
	return id, nil
}

func parseUUID(text string) (id UUID, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return id, false
	}
	at := 0
	for i := range id {
		if text[at] == '-' {
			at++
		}
		high, low := hexValue(text[at]), hexValue(text[at+1])
		if high|low > 15 {
			return UUID{}, false
		}
		id[i] = high<<4 | low
		at += 2
	}
	return id, true
}

// hexValue is the value of a digit, or 255.
func hexValue(digit byte) byte {
	switch {
	case '0' <= digit && digit <= '9':
		return digit - '0'
	case 'a' <= digit && digit <= 'f':
		return digit - 'a' + 10
	case 'A' <= digit && digit <= 'F':
		return digit - 'A' + 10
	default:
		return 255
	}
}

// String is the form 8-4-4-4-12.
func (id UUID) String() string { return string(id.append(nil)) }

func (id UUID) append(b []byte) []byte {
	b = hex.AppendEncode(b, id[:4])
	for _, part := range [][]byte{id[4:6], id[6:8], id[8:10], id[10:]} {
		b = append(b, '-')
		b = hex.AppendEncode(b, part)
	}
	return b
}

// MarshalText is the form 8-4-4-4-12, for JSON outside of contracts.
func (id UUID) MarshalText() ([]byte, error) { return id.append(nil), nil }
