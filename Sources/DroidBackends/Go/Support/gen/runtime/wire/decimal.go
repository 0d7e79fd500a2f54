package wire

import (
	"errors"
	"math/big"
	"strings"
)

// Decimal is a decimal number that keeps the digits it was written with. Its zero value is 0.
type Decimal struct{ digits string }

// DecimalType is the type of decimal numbers, which travel as text.
var DecimalType = &Scalar[Decimal]{
	meaning:  "a decimal number as text",
	isQuoted: true,
	parse:    parseDecimal,
	append:   func(b []byte, value Decimal) []byte { return append(b, value.String()...) },
	compare:  Decimal.Compare,
	sorts:    true,
	bounds:   true,
}

// ParseDecimal reads digits, with a point among them or not.
func ParseDecimal(text string) (Decimal, error) {
	value, ok := parseDecimal(text)
	if !ok {
		return value, errors.New("should be a decimal number")
	}
	return value, nil
}

// MustDecimal reads digits that are known to be right.
func MustDecimal(text string) Decimal {
	value, err := ParseDecimal(text)
	if err != nil {
		panic("wire: " + text + " " + err.Error())
	}
	return value
}

// NewDecimal writes a number with so many digits behind the point, rounded half away from zero.
func NewDecimal(value *big.Rat, digits int) Decimal { return Decimal{value.FloatString(digits)} }

func parseDecimal(text string) (Decimal, bool) {
	rest := strings.TrimPrefix(text, "-")
	whole := digits(rest)
	if whole == 0 {
		return Decimal{}, false
	}
	if rest = rest[whole:]; rest == "" {
		return Decimal{text}, true
	}
	fraction := digits(rest[1:])
	return Decimal{text}, rest[0] == '.' && fraction > 0 && fraction == len(rest)-1
}

// String is the number with the digits it was written with.
func (d Decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	return d.digits
}

// Rat is the number, for arithmetic.
func (d Decimal) Rat() *big.Rat {
	value, _ := new(big.Rat).SetString(d.String())
	return value
}

// Compare orders numbers by their value: 1.0 and 1.00 are equal.
func (d Decimal) Compare(other Decimal) int {
	isNegative, whole, fraction := d.parts()
	isOtherNegative, otherWhole, otherFraction := other.parts()
	if isNegative != isOtherNegative {
		if isNegative {
			return -1
		}
		return 1
	}
	order := len(whole) - len(otherWhole)
	if order == 0 {
		order = strings.Compare(whole, otherWhole)
	}
	if order == 0 {
		order = strings.Compare(fraction, otherFraction)
	}
	if isNegative {
		return -order
	}
	return order
}

// parts are the digits that count; zero is never negative.
func (d Decimal) parts() (isNegative bool, whole, fraction string) {
	digits, isNegative := strings.CutPrefix(d.digits, "-")
	whole, fraction, _ = strings.Cut(digits, ".")
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	return isNegative && whole+fraction != "", whole, fraction
}

// MarshalText is the number with its digits, for JSON outside of contracts.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }
