package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"droid/gen/runtime/problem"
	"droid/gen/runtime/telemetry"
	"droid/gen/runtime/wire"
)

// Postgres keeps records in a table, each field in a column.
type Postgres[K, T any] struct {
	pool     *pgxpool.Pool
	resource *Resource[K, T]
	key      string // its column, quoted
	fetch    string
	insert   string
	update   string
	delete   string
}

// NewPostgres is the store in the table of a resource, which Migrate has made.
func NewPostgres[K, T any](pool *pgxpool.Pool, resource *Resource[K, T]) *Postgres[K, T] {
	key := resource.field(resource.Key)
	p := &Postgres[K, T]{pool: pool, resource: resource}
	p.key = p.column(key)
	names := make([]string, len(resource.Table.Columns))
	read := make([]string, len(names))
	values := make([]string, len(names))
	for i, column := range resource.Table.Columns {
		names[i] = quoted(column.Name)
		read[i] = names[i]
		if column.Type == "numeric" { // with all of its digits
			read[i] += "::text"
		}
		values[i] = "$" + strconv.Itoa(i+1)
	}
	table, columns, holders := quoted(resource.Table.Name), strings.Join(names, ", "), strings.Join(values, ", ")
	p.fetch = "select " + strings.Join(read, ", ") + ", _version from " + table
	p.insert = "insert into " + table + " (" + columns + ") values (" + holders + ") on conflict do nothing returning _version"
	// A version is new with each write, also of what was deleted in between.
	p.update = "update " + table + " set (" + columns + ", _version) = row(" + holders + ", gen_random_uuid()) where " +
		p.key + " = " + values[key]
	p.delete = "delete from " + table + " where " + p.key + " = $1"
	return p
}

// column is that of a field, and nothing else of that name: what is read of it may be.
func (p *Postgres[K, T]) column(field int) string {
	return pgx.Identifier{p.resource.Table.Name, p.resource.Table.Columns[field].Name}.Sanitize()
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

// Get finds a record.
func (p *Postgres[K, T]) Get(ctx context.Context, key K) (entry Entry[T], err error) {
	ctx, span := telemetry.Statement(ctx, "SELECT", p.resource.Table.Name)
	defer func() { span.End(broken(err)) }()
	rows, err := p.pool.Query(ctx, p.fetch+" where "+p.key+" = $1", argument(key))
	if err != nil {
		return Entry[T]{}, failure(err)
	}
	entry, err = pgx.CollectExactlyOneRow(rows, p.scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return entry, p.resource.notFound()
	}
	return entry, failure(err)
}

// List finds a page of records.
func (p *Postgres[K, T]) List(ctx context.Context, query Query) (page Page[T], err error) {
	s, err := p.resource.parse(query)
	if err != nil {
		return Page[T]{}, err
	}
	statement, arguments := p.statement(s)
	ctx, span := telemetry.Statement(ctx, "SELECT", p.resource.Table.Name)
	defer func() { span.End(broken(err)) }()
	rows, err := p.pool.Query(ctx, statement, arguments...)
	if err != nil {
		return Page[T]{}, failure(err)
	}
	entries, err := pgx.CollectRows(rows, p.scan)
	if err != nil {
		return Page[T]{}, failure(err)
	}
	page = Page[T]{Records: make([]T, 0, len(entries))}
	for i, entry := range entries {
		if i == s.limit {
			page.Next, err = p.resource.cursor(s, &entries[i-1].Record)
			break
		}
		page.Records = append(page.Records, entry.Record)
	}
	return page, err
}

// statement selects one record more than the page has.
func (p *Postgres[K, T]) statement(s selection[T]) (string, []any) {
	var arguments []any
	holder := func(value any) string {
		arguments = append(arguments, value)
		return "$" + strconv.Itoa(len(arguments))
	}
	var conditions []string
	for _, each := range s.conditions {
		values := make([]string, len(each.values))
		for i, value := range each.values {
			values[i] = holder(argument(value))
		}
		sign := map[operator]string{anyOf: " in (", atLeast: " >= (", atMost: " <= ("}[each.how]
		conditions = append(conditions, p.column(each.field)+sign+strings.Join(values, ", ")+")")
	}
	places := s.places(p.resource)
	order, sign, direction := p.column(s.order), " > ", ""
	if s.isDescending {
		sign, direction = " < ", " desc"
	}
	if s.after != nil {
		last := holder(argument(s.after[0]))
		here := order + sign + last
		if len(places) > 1 {
			here = "(" + here + " or " + order + " = " + last + " and " + p.key + " > " + holder(argument(s.after[1])) + ")"
		}
		conditions = append(conditions, here)
	}
	statement := p.fetch
	if len(conditions) > 0 {
		statement += " where " + strings.Join(conditions, " and ")
	}
	statement += " order by " + order + direction
	if len(places) > 1 {
		statement += ", " + p.key
	}
	return statement + " limit " + holder(s.limit+1), arguments
}

// Create keeps a new record.
func (p *Postgres[K, T]) Create(ctx context.Context, record T) (Entry[T], error) {
	arguments, err := p.arguments(&record)
	if err != nil {
		return Entry[T]{}, err
	}
	etag, err := p.write(ctx, "INSERT", p.insert, arguments)
	if errors.Is(err, pgx.ErrNoRows) {
		return Entry[T]{}, p.resource.taken()
	}
	return Entry[T]{Record: record, ETag: etag}, failure(err)
}

// Replace puts a record in the place of the one with its key.
func (p *Postgres[K, T]) Replace(ctx context.Context, record T, match Match) (Entry[T], error) {
	arguments, err := p.arguments(&record)
	if err != nil {
		return Entry[T]{}, err
	}
	etag, err := p.writeMatching(ctx, "UPDATE", p.update, arguments, p.resource.KeyOf(&record), match)
	return Entry[T]{Record: record, ETag: etag}, err
}

// Delete forgets a record.
func (p *Postgres[K, T]) Delete(ctx context.Context, key K, match Match) error {
	_, err := p.writeMatching(ctx, "DELETE", p.delete, []any{argument(key)}, key, match)
	return err
}

// writeMatching writes if the version of the row is one of those, and tells apart what did not match and what is not there.
func (p *Postgres[K, T]) writeMatching(
	ctx context.Context, operation, statement string, arguments []any, key K, match Match,
) (string, error) {
	if match != nil {
		versions := make([]string, len(match))
		for i, etag := range match {
			versions[i] = strings.Trim(etag, `"`)
		}
		arguments = append(arguments, versions)
		statement += " and _version::text = any($" + strconv.Itoa(len(arguments)) + ")"
	}
	etag, err := p.write(ctx, operation, statement+" returning _version", arguments)
	if !errors.Is(err, pgx.ErrNoRows) {
		return etag, failure(err)
	}
	if _, err := p.Get(ctx, key); err != nil {
		return "", err
	}
	return "", p.resource.changed()
}

func (p *Postgres[K, T]) write(ctx context.Context, operation, statement string, arguments []any) (string, error) {
	ctx, span := telemetry.Statement(ctx, operation, p.resource.Table.Name)
	var version [16]byte
	err := p.pool.QueryRow(ctx, statement, arguments...).Scan(&version)
	span.End(broken(err))
	return newETag(wire.UUID(version)), err
}

// broken is about a statement that failed: that nothing was found is an answer.
func broken(err error) error {
	var told *problem.Problem
	if errors.Is(err, pgx.ErrNoRows) || errors.As(err, &told) && told.Status < 500 {
		return nil
	}
	return err
}
