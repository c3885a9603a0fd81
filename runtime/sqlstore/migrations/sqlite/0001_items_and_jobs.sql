-- Times are milliseconds since 1970 in UTC.
CREATE TABLE fabgen_items (
	tenant_id    TEXT NOT NULL,
	workspace_id TEXT NOT NULL,
	item_id      TEXT NOT NULL,
	type         TEXT NOT NULL,
	display_name TEXT NOT NULL,
	description  TEXT NOT NULL,
	payload      BLOB,
	revision     INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, workspace_id, item_id)
) STRICT;

-- A job outlives its item, for those who still ask for its state: there is no foreign key.
CREATE TABLE fabgen_jobs (
	tenant_id    TEXT NOT NULL,
	workspace_id TEXT NOT NULL,
	item_id      TEXT NOT NULL,
	instance_id  TEXT NOT NULL,
	item_type    TEXT NOT NULL,
	job_type     TEXT NOT NULL,
	invoke_type  TEXT NOT NULL,
	arguments    BLOB,
	caller       TEXT NOT NULL,
	status       TEXT NOT NULL,
	started      INTEGER,
	ended        INTEGER,
	details      TEXT,
	owner        TEXT NOT NULL,
	leased       INTEGER NOT NULL,
	session      TEXT NOT NULL,
	runs         INTEGER NOT NULL,
	PRIMARY KEY (tenant_id, workspace_id, item_id, instance_id)
) STRICT;

-- Few jobs are open and many have ended: what is asked about the open ones must not depend on how many those are.
CREATE INDEX fabgen_jobs_open ON fabgen_jobs (tenant_id, workspace_id, item_id)
	WHERE status IN ('NotStarted', 'InProgress');
CREATE INDEX fabgen_jobs_owner ON fabgen_jobs (owner) WHERE status IN ('NotStarted', 'InProgress');
CREATE INDEX fabgen_jobs_leased ON fabgen_jobs (leased) WHERE status IN ('NotStarted', 'InProgress');
CREATE INDEX fabgen_jobs_ended ON fabgen_jobs (ended) WHERE ended IS NOT NULL;
