-- Times are milliseconds since 1970 in UTC. Keys compare byte by byte (COLLATE "C"), so that no new version of the
-- system's locales can spoil their indexes.
CREATE TABLE fabgen_items (
	tenant_id    text COLLATE "C" NOT NULL,
	workspace_id text COLLATE "C" NOT NULL,
	item_id      text COLLATE "C" NOT NULL,
	type         text NOT NULL,
	display_name text NOT NULL,
	description  text NOT NULL,
	payload      bytea,
	revision     bigint NOT NULL,
	PRIMARY KEY (tenant_id, workspace_id, item_id)
);

-- A job outlives its item, for those who still ask for its state: there is no foreign key.
CREATE TABLE fabgen_jobs (
	tenant_id    text COLLATE "C" NOT NULL,
	workspace_id text COLLATE "C" NOT NULL,
	item_id      text COLLATE "C" NOT NULL,
	instance_id  text COLLATE "C" NOT NULL,
	item_type    text NOT NULL,
	job_type     text NOT NULL,
	invoke_type  text NOT NULL,
	arguments    bytea,
	caller       text NOT NULL,
	status       text NOT NULL,
	started      bigint,
	ended        bigint,
	details      text,
	owner        text COLLATE "C" NOT NULL,
	leased       bigint NOT NULL,
	session      text NOT NULL,
	runs         bigint NOT NULL,
	PRIMARY KEY (tenant_id, workspace_id, item_id, instance_id)
);

-- Few jobs are open and many have ended: what is asked about the open ones must not depend on how many those are.
CREATE INDEX fabgen_jobs_open ON fabgen_jobs (tenant_id, workspace_id, item_id)
	WHERE status IN ('NotStarted', 'InProgress');
CREATE INDEX fabgen_jobs_owner ON fabgen_jobs (owner) WHERE status IN ('NotStarted', 'InProgress');
CREATE INDEX fabgen_jobs_leased ON fabgen_jobs (leased) WHERE status IN ('NotStarted', 'InProgress');
CREATE INDEX fabgen_jobs_ended ON fabgen_jobs (ended) WHERE ended IS NOT NULL;
