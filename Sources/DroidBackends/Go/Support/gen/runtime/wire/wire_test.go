package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

type color string

type line struct {
	Sku      string
	Quantity int64
	Note     *string
	Tags     []string
	Secret   string
	Lines    []line
}

var lineType = &Record[line]{}

func init() {
	lineType.Fields = []Field[line]{
		Required("sku", func(l *line) *string { return &l.Sku }, StringType.Sized(1, 3)),
		Required("quantity", func(l *line) *int64 { return &l.Quantity }, IntType.Min(1).Max(9)).Default("1"),
		Optional("note", func(l *line) **string { return &l.Note }, StringType),
		OptionalList("tags", func(l *line) *[]string { return &l.Tags }, List(StringType).Sized(1, 2)),
		Required("a/b~c", func(l *line) *string { return &l.Secret }, StringType).Default(`""`).Hidden(),
		OptionalList("lines", func(l *line) *[]line { return &l.Lines }, List(lineType)),
	}
}

func TestRecordsThereAndBack(t *testing.T) {
	for text, want := range map[string]string{
		`{"sku":"a"}`: `{"sku":"a","quantity":1,"a/b~c":""}`,
		` { "quantity" : 2.0 , "sku" : "\u00e9\ud83d\ude42\n" , "note" : null } `: `{"sku":"é🙂\n","quantity":2,"a/b~c":""}`,
		`{"sku":"a","quantity":1,"note":"","tags":["x"],"a/b~c":"s","lines":[]}`:  `{"sku":"a","quantity":1,"note":"","tags":["x"],"a/b~c":"s","lines":[]}`,
	} {
		value, problems := Decode(text, lineType)
		if len(problems) > 0 {
			t.Errorf("%s: %v", text, problems)
		}
		got, err := Encode(value, lineType)
		if err != nil || string(got) != want {
			t.Errorf("%s became %s (%v)", text, got, err)
		}
	}
}

func TestProblemsSayWhere(t *testing.T) {
	for text, want := range map[string]string{
		``:                                     "#",
		`{`:                                    "#",
		`{"sku":"a"} x`:                        "#",
		`{"sku":"a","quantity":01}`:            "#",
		`{"sku":"a",}`:                         "#",
		`{"sku":"\ud800"}`:                     "#",
		"{\"sku\":\"\xff\"}":                   "#",
		`[]`:                                   "#",
		`{"sku":1}`:                            "#/sku",
		`{"sku":""}`:                           "#/sku",
		`{"sku":"a\u0000"}`:                    "#/sku",
		`{"sku":"abcd"}`:                       "#/sku",
		`{}`:                                   "#/sku",
		`{"sku":"a","quantity":1.5}`:           "#/quantity",
		`{"sku":"a","quantity":null}`:          "#/quantity",
		`{"sku":"a","quantity":10}`:            "#/quantity",
		`{"sku":"a","tags":[]}`:                "#/tags",
		`{"sku":"a","tags":["x",1]}`:           "#/tags/1",
		`{"sku":"a","a/b~c":1}`:                "#/a~1b~0c",
		`{"sku":"a","more":{"x":[1,{}]}}`:      "#/more",
		`{"sku":"a","lines":[{"sku":"a"},{}]}`: "#/lines/1/sku",
	} {
		_, problems := Decode(text, lineType)
		if len(problems) != 1 || problems[0].Pointer != want {
			t.Errorf("%s: %v", text, problems)
		}
	}
	if _, problems := Decode(`{"sku":1,"quantity":"x"}`, lineType); len(problems) != 2 {
		t.Errorf("not all is told: %v", problems)
	}
}

func TestDepth(t *testing.T) {
	deep := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	if _, problems := Decode(deep(100), JSONType); len(problems) > 0 {
		t.Error(problems)
	}
	if _, problems := Decode(deep(101), JSONType); len(problems) != 1 {
		t.Error("101 levels are read")
	}
	if _, problems := Decode(deep(1_000_000), JSONType); len(problems) != 1 {
		t.Error("a million levels are read")
	}
}

func TestWritersComplain(t *testing.T) {
	for _, bad := range []line{{Quantity: 1}, {Sku: "a"}, {Sku: "a\xff", Quantity: 1}, {Sku: "a", Quantity: 1, Tags: []string{}}} {
		if _, err := Encode(bad, lineType); err == nil {
			t.Errorf("%v is written", bad)
		}
	}
	nested := line{Sku: "a", Quantity: 1, Lines: []line{{Sku: "a", Quantity: 1}, {Sku: "abcd", Quantity: 1}}}
	if _, err := Encode(nested, lineType); err == nil || !strings.Contains(err.Error(), "#/lines/1/sku") {
		t.Error(err)
	}
}

func TestHiddenFieldsAreMasked(t *testing.T) {
	secret := line{Sku: "a", Quantity: 1, Secret: "hush"}
	for _, text := range []string{lineType.Log(&secret).String(), fmt.Sprint(print{secret})} {
		if strings.Contains(text, "hush") || !strings.Contains(text, "***") {
			t.Error(text)
		}
	}
}

type print struct{ line }

func (p print) Format(state fmt.State, _ rune) { lineType.Print(state, &p.line) }

func TestClonesShareNothing(t *testing.T) {
	note := "x"
	first := line{Tags: []string{"a"}, Note: &note, Lines: []line{{Tags: []string{"b"}}}}
	second := lineType.Clone(first)
	second.Tags[0], *second.Note, second.Lines[0].Tags[0] = "changed", "changed", "changed"
	if first.Tags[0] != "a" || *first.Note != "x" || first.Lines[0].Tags[0] != "b" {
		t.Error(first)
	}
}

// scalar is a type of any values, as the tests below use it.
type tested struct {
	parse func(text string) (string, error)
	json  func(text string) string
}

func of[T any](t *Scalar[T]) tested {
	return tested{
		parse: func(text string) (string, error) {
			value, err := t.Parse(text)
			return t.Format(value), err
		},
		json: func(text string) string {
			value, problems := Decode(text, Type[T](t))
			if len(problems) > 0 {
				return ""
			}
			written, _ := Encode(value, Type[T](t))
			return string(written)
		},
	}
}

func TestScalarsAsText(t *testing.T) {
	for _, test := range []struct {
		kind  tested
		text  string
		wants string // empty: it is refused
	}{
		{of(BoolType), "true", "true"}, {of(BoolType), "1", ""}, {of(BoolType), "True", ""},
		{of(IntType), "-007.00", "-7"}, {of(IntType), "1e2", ""}, {of(IntType), "+1", ""}, {of(IntType), "9223372036854775808", ""},
		{of(IntType), "1.", ""}, {of(IntType), " 1", ""},
		{of(FloatType), "1e2", "100"}, {of(FloatType), "1.50", "1.5"}, {of(FloatType), "NaN", ""}, {of(FloatType), ".5", ""},
		{of(FloatType), "1e999", ""},
		{of(DecimalType), "007.10", "007.10"}, {of(DecimalType), "-0.0", "-0.0"}, {of(DecimalType), "1.", ""}, {of(DecimalType), "1e2", ""},
		{of(DecimalType.Min(MustDecimal("0.01"))), "0.001", ""}, {of(DecimalType.Max(MustDecimal("9.9"))), "10", ""},
		{of(UUIDType), "0F8FAD5B-D9CB-469F-A165-70867728950E", "0f8fad5b-d9cb-469f-a165-70867728950e"}, {of(UUIDType), "0f8fad5bd9cb469fa16570867728950e", ""},
		{of(UUIDType), "0f8fad5b-d9cb-469f-a165-70867728950g", ""},
		{of(DateType), "2024-02-29", "2024-02-29"}, {of(DateType), "2026-02-29", ""}, {of(DateType), "0000-01-01", ""}, {of(DateType), "2026-1-01", ""},
		{of(TimeType), "2026-01-02t03:04:05z", "2026-01-02T03:04:05Z"}, {of(TimeType), "2026-01-02T03:04:05.1234569+01:30", "2026-01-02T01:34:05.123456Z"},
		{of(TimeType), "2026-01-02T03:04:05", ""}, {of(TimeType), "2026-01-02 03:04:05Z", ""}, {of(TimeType), "2026-01-02T24:00:00Z", ""},
		{of(TimeType), "2026-01-02T03:04:60Z", ""}, {of(TimeType), "0001-01-01T00:00:00+01:00", ""}, {of(TimeType), "2026-01-02T03:04:05.Z", ""},
		{of(DurationType), "1.5", "1.5"}, {of(DurationType.Max(time.Minute)), "61", ""}, {of(DurationType), "8640000001", ""},
		{of(URLType), "https://example.com/a?b#c", "https://example.com/a?b#c"}, {of(URLType), "/a", ""}, {of(URLType), "https://a b", ""},
		{of(URLType), "mailto:a@b", "mailto:a@b"}, {of(URLType), "http://[::1]:80/", "http://[::1]:80/"}, {of(URLType), "http://a:b/", ""}, {of(URLType), "x:%zz", ""},
		{of(EmailType), "a.b+c@example.com", "a.b+c@example.com"}, {of(EmailType), "a", ""}, {of(EmailType), "a@b@c", ""}, {of(EmailType), "a..b@c", ""}, {of(EmailType), "a@-b", ""},
		{of(BinaryType), "//4A", "//4A"}, {of(BinaryType), "//4", ""}, {of(BinaryType), "AB==", ""}, {of(BinaryType.Sized(1, 2)), "AAAA", ""},
		{of(Enum(color("red"), color("dark-blue"))), "dark-blue", "dark-blue"}, {of(Enum(color("red"))), "blue", ""},
		{of(Matching(StringType, "[A-Z]{3}")), "xABCx", "xABCx"}, {of(Matching(StringType, "^[A-Z]{3}$")), "xABCx", ""},
		{of(Key(StringType)), "a/b", ""}, {of(Key(StringType)), "", ""}, {of(StringType.Sized(2, 2)), "é🙂", "é🙂"},
	} {
		got, err := test.kind.parse(test.text)
		if (err == nil) != (test.wants != "") || err == nil && got != test.wants {
			t.Errorf("%q is read as %q (%v), and not as %q", test.text, got, err, test.wants)
		}
	}
}

func TestScalarsAsJSON(t *testing.T) {
	for _, test := range []struct {
		kind  tested
		text  string
		wants string
	}{
		{of(IntType), "9007199254740993", "9007199254740993"}, {of(IntType), "9007199254740993.0", "9007199254740993"}, {of(IntType), "12e1", "120"},
		{of(IntType), "120e-1", "12"}, {of(IntType), "9007199254740992.5", ""}, {of(IntType), "1e1000000000", ""}, {of(IntType), "0e1000000000", "0"},
		{of(IntType), "9223372036854775808", ""}, {of(IntType), "-0.0", "0"}, {of(IntType), `"1"`, ""}, {of(IntType), "true", ""},
		{of(FloatType), "1e-7", "1e-07"}, {of(FloatType), "1E400", ""}, {of(DecimalType), `"1.50"`, `"1.50"`}, {of(DecimalType), "1.5", ""},
		{of(StringType), `"a\"\\\u0001\/"`, `"a\"\\\u0001/"`}, {of(BoolType), "false", "false"}, {of(BoolType), "null", ""},
	} {
		if got := test.kind.json(test.text); got != test.wants {
			t.Errorf("%s is read as %s, and not as %s", test.text, got, test.wants)
		}
	}
}

func TestMapsAndJSON(t *testing.T) {
	numbers := Map(Nullable(Type[int64](IntType))).Sized(1, 2)
	value, problems := Decode(`{"b":1,"a":null}`, numbers)
	if got, err := Encode(value, numbers); len(problems) > 0 || err != nil || string(got) != `{"a":null,"b":1}` {
		t.Errorf("%s %v %v", got, problems, err)
	}
	if _, problems := Decode(`{"a~":"x","b":1,"c":2}`, numbers); len(problems) != 2 || problems[0].Pointer != "#/a~0" {
		t.Error(problems)
	}
	raw, problems := Decode(` { "a" : [ 1 , "b c" ] } `, JSONType)
	if got, err := Encode(raw, JSONType); len(problems) > 0 || err != nil || string(got) != `{"a":[1,"b c"]}` {
		t.Errorf("%s %v %v", got, problems, err)
	}
	for _, bad := range []string{"", "null", "{"} {
		if _, err := Encode(json.RawMessage(bad), JSONType); err == nil {
			t.Errorf("%q is written", bad)
		}
	}
}

func TestDecimalsCompareByValue(t *testing.T) {
	ascending := []string{"-10", "-9.5", "-0.01", "0", "0.0009", "0.001", "9", "9.50", "10", "100.1"}
	for i, a := range ascending {
		for j, b := range ascending {
			order := MustDecimal(a).Compare(MustDecimal(b))
			if (order < 0) != (i < j) || (order > 0) != (i > j) {
				t.Errorf("%s and %s: %d", a, b, order)
			}
		}
	}
	if MustDecimal("-0.00").Compare(MustDecimal("000")) != 0 || MustDecimal("1.0").Compare(MustDecimal("01")) != 0 {
		t.Error("equal numbers differ")
	}
	if NewDecimal(MustDecimal("2.5").Rat(), 2).String() != "2.50" {
		t.Error("digits are lost")
	}
}

func FuzzDecode(f *testing.F) {
	for _, text := range []string{`{"sku":"a","lines":[{"sku":"b"}]}`, `[1,2.5e3,"\u00e9",null,true]`, `"\ud83d\ude42"`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, problems := Decode(text, JSONType)
		var deep any
		isJSON := json.Unmarshal([]byte(text), &deep) == nil
		if len(problems) == 0 && !isJSON {
			t.Errorf("%q is read", text)
		}
		if value, problems := Decode(text, lineType); len(problems) == 0 {
			if _, err := Encode(value, lineType); err != nil {
				t.Errorf("%q is read and not written: %v", text, err)
			}
		}
	})
}
