package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"droid/gen/runtime/telemetry"
)

// version is the column of ETags.
var version = Column{Name: "_version", Type: "uuid", Default: "gen_random_uuid()"}

// found is a column as the database has it.
type found struct {
	Name       string
	Type       string
	IsRequired bool
	IsKey      bool
}

const findColumns = `
select attname, format_type(atttypid, atttypmod), attnotnull, attnum = any(coalesce(conkey, '{}'))
from pg_attribute left join pg_constraint on conrelid = attrelid and contype = 'p'
where attrelid = to_regclass(quote_ident($1)) and attnum > 0 and not attisdropped`

// Tabled is a resource, whatever its records.
type Tabled interface {
	table() (table Table, key int)
}

func (r *Resource[K, T]) table() (Table, int) { return r.Table, r.field(r.Key) }

// Migrate brings the tables of a database to what their resources ask for: all of it, or nothing. The schema only goes
// forward: nothing is ever dropped.
func Migrate(ctx context.Context, pool *pgxpool.Pool, resources ...Tabled) error {
	return change(ctx, pool, func(tx pgx.Tx) error {
		for _, resource := range resources {
			table, key := resource.table()
			if err := migrate(ctx, tx, table, key); err != nil {
				return err
			}
		}
		return nil
	})
}

func migrate(ctx context.Context, tx pgx.Tx, table Table, key int) error {
	rows, err := tx.Query(ctx, findColumns, table.Name)
	if err != nil {
		return err
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[found])
	if err != nil {
		return err
	}
	steps, err := plan(ctx, tx, table, key, columns)
	if err != nil {
		return err
	}
	for _, step := range steps {
		telemetry.Logger("store").InfoContext(ctx, "schema: "+step)
		if _, err := tx.Exec(ctx, step); err != nil {
			return fmt.Errorf("%s: %w", step, err)
		}
	}
	return nil
}

// plan are the statements that bring the table from what was found to what is wanted.
func plan(ctx context.Context, tx pgx.Tx, table Table, key int, columns []found) ([]string, error) {
	if len(columns) == 0 {
		return []string{create(table, key)}, nil
	}
	for _, column := range columns {
		if column.IsKey != (column.Name == table.Columns[key].Name) {
			return nil, fmt.Errorf("the key of the table %q is not %q: the schema only goes forward, so change the table by "+
				"hand, or call the type by another name", table.Name, table.Columns[key].Name)
		}
	}
	alter := "alter table " + quoted(table.Name) + " "
	var steps []string
	for _, wanted := range append(slices.Clone(table.Columns), version) {
		place := slices.IndexFunc(columns, func(column found) bool { return column.Name == wanted.Name })
		switch {
		case place < 0 && !wanted.IsOptional && wanted.Default == "":
			var hasRows bool
			if err := tx.QueryRow(ctx, "select exists (select from "+quoted(table.Name)+")").Scan(&hasRows); err != nil {
				return nil, err
			}
			if hasRows {
				return nil, fmt.Errorf("the table %q has rows, which have no value for the new column %q: make the field "+
					"optional, or give it a default", table.Name, wanted.Name)
			}
			steps = append(steps, alter+"add column "+declare(wanted))
		case place < 0:
			steps = append(steps, alter+"add column "+declare(wanted))
			if wanted.Default != "" && wanted.Name != version.Name {
				steps = append(steps, alter+"alter column "+quoted(wanted.Name)+" drop default")
			}
		case columns[place].Type != wanted.Type:
			return nil, fmt.Errorf("the column %q of the table %q is %s, and %s is wanted: rename the field, or change the "+
				"column by hand", wanted.Name, table.Name, columns[place].Type, wanted.Type)
		case columns[place].IsRequired && wanted.IsOptional:
			steps = append(steps, alter+"alter column "+quoted(wanted.Name)+" drop not null")
		}
	}
	for _, column := range columns {
		isWanted := column.Name == version.Name ||
			slices.ContainsFunc(table.Columns, func(wanted Column) bool { return wanted.Name == column.Name })
		if !isWanted && column.IsRequired {
			steps = append(steps, alter+"alter column "+quoted(column.Name)+" drop not null")
		}
	}
	return steps, nil
}

func create(table Table, key int) string {
	lines := make([]string, 0, len(table.Columns)+1)
	for i, column := range table.Columns {
		column.Default = ""
		line := declare(column)
		if i == key {
			line += " primary key"
		}
		lines = append(lines, line)
	}
	lines = append(lines, declare(version))
	return "create table " + quoted(table.Name) + " (" + strings.Join(lines, ", ") + ")"
}

// declare is a column as a statement has it: texts compare by their code points, in every locale.
func declare(column Column) string {
	text := quoted(column.Name) + " " + column.Type
	if column.Type == "text" {
		text += ` collate "C"`
	}
	if !column.IsOptional {
		text += " not null"
	}
	if column.Default != "" {
		text += " default " + column.Default
	}
	return text
}
