// Package service is what a user of systems/values.droid writes.
package service

import (
	"context"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"values/gen"
	"values/gen/runtime/telemetry"
	"values/gen/runtime/wire"
)

// Service answers what it was asked.
type Service struct{ parts gen.Parts }

// New is called once, at the start.
func New(_ context.Context, parts gen.Parts) (*Service, error) { return &Service{parts}, nil }

func (s *Service) One(_ context.Context, value gen.One) (gen.One, error) { return value, nil }

func (s *Service) Person(ctx context.Context, person gen.Person) (gen.Person, error) {
	logger := telemetry.Logger("values")
	logger.InfoContext(ctx, "a person", "person", person)
	logger.InfoContext(ctx, "the same", "people", []gen.Person{person}, "pointer", &person)
	return person, nil
}

func (s *Service) Defaults(_ context.Context, value gen.Defaults) (gen.Defaults, error) {
	return value, nil
}

func (s *Service) MaybeBody(_ context.Context, value *gen.Line) (*gen.Line, error) { return value, nil }

func (s *Service) Tree(_ context.Context, tree gen.Tree) (gen.Tree, error) { return tree, nil }

func (s *Service) Query(_ context.Context, boolValue *bool, intValue *int64, small *int64, float *float64, decimal *wire.Decimal, text *string, short *string, code *string, uuid *wire.UUID, date *wire.Date, timeValue *time.Time, duration *time.Duration, url *string, email *string, binary []byte, color *gen.Color, list []int64) (gen.One, error) {
	return gen.One{
		Bool: boolValue, Int: intValue, Small: small, Float: float, Decimal: decimal, Text: text, Short: short, Code: code, UUID: uuid,
		Date: date, Time: timeValue, Duration: duration, URL: url, Email: email, Binary: binary, Color: color, List: list,
	}, nil
}

func (s *Service) Read(_ context.Context, page int64, color gen.Color, exact bool, ids []int64, tags []string, tenant string, level *int64) (gen.Read, error) {
	return gen.Read{Page: page, Color: color, Exact: exact, IDs: ids, Tags: tags, Tenant: tenant, Level: level}, nil
}

func (s *Service) Headers(_ context.Context, intValue *int64, boolValue *bool, timeValue *time.Time, color *gen.Color, text *string) (gen.One, error) {
	return gen.One{Int: intValue, Bool: boolValue, Time: timeValue, Color: color, Text: text}, nil
}

func (s *Service) PathInt(_ context.Context, value int64) (gen.One, error) {
	return gen.One{Int: &value}, nil
}

func (s *Service) PathText(_ context.Context, value string) (gen.One, error) {
	return gen.One{Text: &value}, nil
}

func (s *Service) PathLength(_ context.Context, value string) (int64, error) {
	return int64(utf8.RuneCountInString(value)), nil
}

func (s *Service) PathUUID(_ context.Context, value wire.UUID) (gen.One, error) {
	return gen.One{UUID: &value}, nil
}

func (s *Service) PathTime(_ context.Context, value time.Time) (gen.One, error) {
	return gen.One{Time: &value}, nil
}

func (s *Service) PathDate(_ context.Context, value wire.Date) (gen.One, error) {
	return gen.One{Date: &value}, nil
}

func (s *Service) PathDecimal(_ context.Context, value wire.Decimal) (gen.One, error) {
	return gen.One{Decimal: &value}, nil
}

func (s *Service) PathColor(_ context.Context, value gen.Color) (gen.One, error) {
	return gen.One{Color: &value}, nil
}

func (s *Service) PathBool(_ context.Context, value bool) (gen.One, error) {
	return gen.One{Bool: &value}, nil
}

func (s *Service) Special(context.Context) (string, error) { return "special", nil }

func (s *Service) ResultBool(context.Context) (bool, error) { return false, nil }

func (s *Service) APIResultInt(context.Context) (int64, error) { return 9007199254740993, nil }

func (s *Service) ResultFloat(context.Context) (float64, error) { return 0.1, nil }

func (s *Service) ResultDecimal(context.Context) (wire.Decimal, error) {
	return wire.ParseDecimal("12.500")
}

func (s *Service) ResultText(context.Context) (string, error) {
	return "a \"quoted\" text\nwith <é> and 🙂", nil
}

func (s *Service) ResultUUID(context.Context) (wire.UUID, error) {
	return wire.ParseUUID("0F8FAD5B-D9CB-469F-A165-70867728950E")
}

func (s *Service) ResultDate(context.Context) (wire.Date, error) { return wire.ParseDate("2026-02-28") }

func (s *Service) ResultTime(context.Context) (time.Time, error) {
	return time.Date(2026, 1, 2, 3, 4, 5, 600_000_000, time.FixedZone("", 3600)), nil
}

func (s *Service) ResultDuration(context.Context) (time.Duration, error) {
	return 1500 * time.Millisecond, nil
}

func (s *Service) ResultBinary(context.Context) ([]byte, error) { return []byte{0xff, 0xfe, 0x00}, nil }

func (s *Service) ResultJSON(context.Context) (json.RawMessage, error) {
	return json.RawMessage(`{"a": [1, null, {"b": "<&>"}]}`), nil
}

func (s *Service) ResultColor(context.Context) (gen.Color, error) { return gen.ColorRed, nil }

func (s *Service) ResultList(context.Context) ([]gen.Line, error) {
	return []gen.Line{{Sku: "a", Quantity: 1}, {Sku: "b", Quantity: 2}}, nil
}

func (s *Service) ResultMap(context.Context) (map[string]int64, error) {
	return map[string]int64{"b": 2, "a": 1}, nil
}

func (s *Service) ResultEmpty(context.Context) ([]gen.Line, error) { return nil, nil }

func (s *Service) ResultMaybe(_ context.Context, there bool) (*gen.Line, error) {
	if !there {
		return nil, nil
	}
	return &gen.Line{Sku: "there", Quantity: 1}, nil
}

func (s *Service) Nothing(context.Context, gen.Line) error { return nil }

func (s *Service) NothingAtAll(context.Context) error { return nil }

func (s *Service) Accepted(_ context.Context, line gen.Line) (gen.Line, error) { return line, nil }

func (s *Service) Reset(context.Context) error { return nil }

func (s *Service) DeleteThing(context.Context, int64) error { return nil }

func (s *Service) PatchThing(_ context.Context, id int64, line gen.Line) (gen.Line, error) {
	return gen.Line{Sku: line.Sku, Quantity: id}, nil
}

func (s *Service) HeadThing(context.Context, int64) error { return nil }

func (s *Service) Cached(context.Context) (int64, error) { return 1, nil }

func (s *Service) Fail(_ context.Context, how string) (gen.One, error) {
	switch how {
	case "taken":
		until := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
		return gen.One{}, &gen.TakenError{By: "ann", Size: 3, Until: &until, Detail: "Ann has it."}
	case "taken-plain":
		return gen.One{}, &gen.TakenError{By: "ann", Size: 3}
	case "gone":
		return gen.One{}, &gen.GoneError{}
	case "refused":
		return gen.One{}, &gen.RefusedError{Why: "because"}
	case "undeclared":
		return gen.One{}, &gen.ElsewhereError{}
	case "broken":
		small := int64(99)
		return gen.One{Small: &small}, nil
	case "panic":
		panic("a secret reason: " + how)
	}
	return gen.One{}, errors.New("a secret reason: " + how)
}

func (s *Service) Missing(context.Context) (gen.One, error) {
	return gen.One{}, &gen.ElsewhereError{Detail: "Look elsewhere."}
}

func (s *Service) Slow(ctx context.Context, milliseconds int64) (int64, error) {
	return sleep(ctx, milliseconds)
}

func (s *Service) SlowPost(ctx context.Context, milliseconds int64, _ gen.Line) (int64, error) {
	return sleep(ctx, milliseconds)
}

func sleep(ctx context.Context, milliseconds int64) (int64, error) {
	select {
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
		return milliseconds, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (s *Service) Count(_ context.Context, color gen.Color) error {
	s.parts.Metrics.Things(1, string(color))
	s.parts.Metrics.Depth(7)
	s.parts.Metrics.Lag(0.5)
	return nil
}

func (s *Service) BackResultInt(context.Context) (int64, error) { return 2, nil }

func (s *Service) Purge(context.Context) error { return nil }
