package sqlstore

import (
	"fmt"
	"strings"
)

// statements are the store's SQL. Both databases take $1; none of a caller's values is ever part of the text.
type statements struct {
	createItem, item, itemRevision, saveItem, deleteItem, keepItem string

	createJob, job, lockJob, updateJob, cancelJobs, openJobs, renewLeases, lostJobs, dropJobs string

	recordVersion string
}

const (
	itemKey     = "tenant_id = $1 AND workspace_id = $2 AND item_id = $3"
	itemColumns = "tenant_id, workspace_id, item_id, type, display_name, description, payload, revision"

	jobKey        = itemKey + " AND instance_id = $4"
	jobKeyColumns = "tenant_id, workspace_id, item_id, instance_id"
	jobColumns    = jobKeyColumns + ", item_type, job_type, invoke_type, arguments, caller, status, started, ended," +
		" details, owner, session, runs, leased"

	// jobIsOpen is the condition of the indexes of open jobs, word for word.
	jobIsOpen = "status IN ('NotStarted', 'InProgress')"
)

func statementsIn(d dialect) statements {
	return statements{
		createItem: fmt.Sprintf(`INSERT INTO fabgen_items (%s) VALUES (%s) ON CONFLICT DO NOTHING RETURNING %[1]s`,
			itemColumns, placeholders(1, 8)),
		item:         fmt.Sprintf(`SELECT %s FROM fabgen_items WHERE %s`, itemColumns, itemKey),
		itemRevision: `SELECT revision FROM fabgen_items WHERE ` + itemKey,
		saveItem: `UPDATE fabgen_items SET type = $4, display_name = $5, description = $6, payload = $7,
			revision = revision + 1 WHERE ` + itemKey + ` AND revision = $8`,
		deleteItem: `DELETE FROM fabgen_items WHERE ` + itemKey,
		keepItem:   `SELECT revision FROM fabgen_items WHERE ` + itemKey + d.keep,

		createJob: fmt.Sprintf(`INSERT INTO fabgen_jobs (%s) VALUES (%s, %s + $17) ON CONFLICT DO NOTHING RETURNING %[1]s`,
			jobColumns, placeholders(1, 16), d.now),
		job: fmt.Sprintf(`SELECT %s FROM fabgen_jobs WHERE %s`, jobColumns, jobKey),
		lockJob: fmt.Sprintf(`SELECT locked.*, %s FROM (SELECT %s FROM fabgen_jobs WHERE %s%s) AS locked`,
			d.now, jobColumns, jobKey, d.lock), // the clock is read once the lock is there
		updateJob: fmt.Sprintf(`UPDATE fabgen_jobs SET status = $5, started = $6, ended = $7, details = $8, owner = $9,
			session = $10, runs = $11, leased = $12 WHERE %s RETURNING %s`, jobKey, jobColumns),
		cancelJobs: fmt.Sprintf(`UPDATE fabgen_jobs SET status = 'Cancelled', ended = %s WHERE %s AND %s`,
			d.now, itemKey, jobIsOpen),
		openJobs: fmt.Sprintf(`SELECT %s FROM fabgen_jobs WHERE %s AND %s`, jobKeyColumns, itemKey, jobIsOpen),
		renewLeases: fmt.Sprintf(`UPDATE fabgen_jobs SET leased = %s + $2 WHERE owner = $1 AND %s RETURNING %s`,
			d.now, jobIsOpen, jobKeyColumns),
		lostJobs: fmt.Sprintf(`SELECT %s FROM fabgen_jobs WHERE leased < %s AND %s ORDER BY leased LIMIT $1`,
			jobKeyColumns, d.now, jobIsOpen),
		dropJobs: fmt.Sprintf(`DELETE FROM fabgen_jobs WHERE ended < %s - $1`, d.now),

		recordVersion: fmt.Sprintf(`INSERT INTO fabgen_migrations (version, applied) VALUES ($1, %s)`, d.now),
	}
}

// placeholders gives "$first, …, $last".
func placeholders(first, last int) string {
	var names []string
	for n := first; n <= last; n++ {
		names = append(names, fmt.Sprintf("$%d", n))
	}
	return strings.Join(names, ", ")
}
