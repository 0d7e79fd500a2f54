package wire

import (
	"cmp"
	"errors"
	"time"
)

// Date is a day of the calendar, in no place of the world.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

var (
	// DateType is the type of days: 2026-11-23.
	DateType = &Scalar[Date]{
		meaning:  "a date like 2026-11-23",
		isQuoted: true,
		parse:    parseDate,
		append:   func(b []byte, value Date) []byte { return value.Time().AppendFormat(b, time.DateOnly) },
		compare:  Date.Compare,
		sorts:    true,
		bounds:   true,
		check: func(value Date) string {
			if value.Year < 1 || value.Year > 9999 || DateOf(value.Time()) != value {
				return "should be a day of the calendar"
			}
			return ""
		},
	}

	// TimeType is the type of instants, in RFC 3339 with an offset, written in UTC.
	TimeType = &Scalar[time.Time]{
		meaning:  "a time like 2026-11-23T12:00:00Z",
		isQuoted: true,
		parse:    parseTime,
		append:   appendTime,
		compare:  func(a, b time.Time) int { return a.Truncate(time.Microsecond).Compare(b.Truncate(time.Microsecond)) },
		sorts:    true,
		bounds:   true,
		check: func(value time.Time) string {
			if year := value.UTC().Year(); year < 1 || year > 9999 {
				return "should be a time of the years 1 to 9999"
			}
			return ""
		},
	}
)

// DateOf is the day of an instant, in the place of that instant.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// ParseDate reads a day like 2026-11-23.
func ParseDate(text string) (Date, error) {
	date, ok := parseDate(text)
	if !ok {
		return date, errors.New("should be a date like 2026-11-23")
	}
	return date, nil
}

// Time is the beginning of the day in UTC.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// String is the day as 2026-11-23.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// Compare orders days.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// MarshalText is the day as 2026-11-23, for JSON outside of contracts.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func parseDate(text string) (Date, bool) {
	if len(text) != 10 || text[4] != '-' || text[7] != '-' {
		return Date{}, false
	}
	year, month, day := twoDigits(text, 0)*100+twoDigits(text, 2), twoDigits(text, 5), twoDigits(text, 8)
	date := Date{year, time.Month(month), day}
	// A part that is no number makes the day none of the calendar.
	return date, year > 0 && month > 0 && day > 0 && DateOf(date.Time()) == date
}

func parseTime(text string) (time.Time, bool) {
	if len(text) < 20 || text[10] != 'T' && text[10] != 't' || text[13] != ':' || text[16] != ':' {
		return time.Time{}, false
	}
	date, ok := parseDate(text[:10])
	hour, minute, second := twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)
	if !ok || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return time.Time{}, false
	}
	rest := text[19:]
	nanoseconds := 0
	if rest[0] == '.' {
		n := digits(rest[1:])
		if n == 0 {
			return time.Time{}, false
		}
		for i, unit := 1, 100_000_000; i <= n && unit >= 1000; i, unit = i+1, unit/10 {
			nanoseconds += int(rest[i]-'0') * unit
		}
		rest = rest[1+n:]
	}
	offset, ok := parseOffset(rest)
	value := time.Date(date.Year, date.Month, date.Day, hour, minute, second, nanoseconds, time.UTC).Add(-offset)
	return value, ok
}

func parseOffset(text string) (time.Duration, bool) {
	if text == "Z" || text == "z" {
		return 0, true
	}
	if len(text) != 6 || text[0] != '+' && text[0] != '-' || text[3] != ':' {
		return 0, false
	}
	hours, minutes := twoDigits(text, 1), twoDigits(text, 4)
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if text[0] == '-' {
		offset = -offset
	}
	return offset, 0 <= hours && hours < 24 && 0 <= minutes && minutes < 60
}

// twoDigits is the number that stands at i; far below zero if none does.
func twoDigits(text string, i int) int {
	tens, ones := int(text[i])-'0', int(text[i+1])-'0'
	if tens < 0 || tens > 9 || ones < 0 || ones > 9 {
		return -1_000_000
	}
	return tens*10 + ones
}

func appendTime(b []byte, value time.Time) []byte {
	value = value.UTC()
	if value.Nanosecond() < 1000 {
		return value.AppendFormat(b, "2006-01-02T15:04:05Z")
	}
	return value.AppendFormat(b, "2006-01-02T15:04:05.000000Z")
}
