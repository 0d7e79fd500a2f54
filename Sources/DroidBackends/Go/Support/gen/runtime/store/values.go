package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"droid/gen/runtime/wire"
)

// argument is a value as pgx takes it.
func argument(value any) any {
	switch value := value.(type) {
	case wire.UUID:
		return [16]byte(value)
	case wire.Decimal:
		return value.String()
	case wire.Date:
		return value.Time()
	case time.Time:
		return value.UTC().Truncate(time.Microsecond)
	case time.Duration:
		return value.Seconds()
	default:
		return value
	}
}

// arguments are the values of a record, in the order of the columns.
func (p *Postgres[K, T]) arguments(record *T) ([]any, error) {
	if _, err := wire.Encode(*record, p.resource.Record); err != nil {
		return nil, err
	}
	arguments := make([]any, len(p.resource.Table.Columns))
	for i, column := range p.resource.Table.Columns {
		field := &p.resource.Record.Fields[i]
		if column.Type != "jsonb" {
			arguments[i] = argument(field.Value(record))
			continue
		}
		text, err := field.JSON(record)
		if err != nil {
			return nil, err
		}
		if text != nil {
			arguments[i] = string(text)
		}
	}
	return arguments, nil
}

// scan reads a row: the columns in their order, then the version.
func (p *Postgres[K, T]) scan(row pgx.CollectableRow) (Entry[T], error) {
	var entry Entry[T]
	var version [16]byte
	destinations := make([]any, len(p.resource.Table.Columns)+1)
	for i, column := range p.resource.Table.Columns {
		destinations[i] = destination(&p.resource.Record.Fields[i], column, &entry.Record)
	}
	destinations[len(destinations)-1] = &version
	err := row.Scan(destinations...)
	entry.ETag = newETag(version)
	return entry, err
}

// destination is where pgx puts the value of a column.
func destination[T any](field *wire.Field[T], column Column, record *T) any {
	switch column.Type {
	case "uuid":
		return into(field, record, wire.ParseUUID)
	case "numeric":
		return into(field, record, wire.ParseDecimal)
	case "date":
		return into(field, record, func(value time.Time) (wire.Date, error) { return wire.DateOf(value), nil })
	case "timestamp with time zone":
		return into(field, record, func(value time.Time) (time.Time, error) { return value.UTC(), nil })
	case "jsonb":
		return scanner(func(source any) error {
			if source == nil {
				return nil
			}
			if problems := field.ReadJSON(record, fmt.Sprintf("%s", source)); len(problems) > 0 {
				return fmt.Errorf("the column %s %s at %s", column.Name, problems[0].Detail, problems[0].Pointer)
			}
			return nil
		})
	}
	switch field.Pointer(record).(type) {
	case *time.Duration, **time.Duration:
		return into(field, record, func(seconds float64) (time.Duration, error) {
			return time.Duration(seconds * float64(time.Second)), nil
		})
	}
	return field.Pointer(record)
}

// scanner makes a function a sql.Scanner.
type scanner func(source any) error

var _ sql.Scanner = scanner(nil)

// Scan takes a value as a driver of database/sql gives it.
func (s scanner) Scan(source any) error { return s(source) }

// into converts the value of a column, and leaves a field absent where it is null.
func into[T, S, F any](field *wire.Field[T], record *T, convert func(source S) (F, error)) scanner {
	return func(source any) error {
		if source == nil {
			return nil
		}
		given, ok := source.(S)
		if !ok {
			return fmt.Errorf("the column of %s holds a %T", field.Name, source)
		}
		value, err := convert(given)
		if err == nil {
			field.Assign(record, value)
		}
		return err
	}
}
