package sqlstore_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/fabgen/fabgen/runtime/sqlstore"
)

// What is asked often is answered by an index, however many jobs have ended.
func TestPlans(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		store := open(t, address)
		db := sqlstore.Writer(store)
		explain := "EXPLAIN QUERY PLAN "
		if strings.HasPrefix(address, "postgres") {
			explain = "EXPLAIN "
			db.SetMaxOpenConns(1)
			if _, err := db.Exec("SET enable_seqscan = off"); err != nil { // else it reads an empty table whole
				t.Fatal(err)
			}
		}
		for statement, args := range sqlstore.Indexed(store) {
			plan := planOf(t, db, explain+statement, args)
			if !strings.Contains(plan, "fabgen_jobs_") || strings.Contains(plan, "Seq Scan") ||
				strings.Contains(plan, "SCAN fabgen_jobs\n") {
				t.Errorf("%s\nis answered by\n%s", statement, plan)
			}
		}
	})
}

func planOf(t *testing.T, db *sql.DB, statement string, args int) string {
	t.Helper()
	var values []any
	for range args {
		values = append(values, "1")
	}
	rows, err := db.Query(statement, values...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for rows.Next() {
		texts := make([]sql.NullString, len(columns))
		var into []any
		for i := range texts {
			into = append(into, &texts[i])
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(texts[len(texts)-1].String + "\n")
	}
	return plan.String()
}
