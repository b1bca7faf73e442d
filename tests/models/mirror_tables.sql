CREATE TABLE account (
	id BLOB NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	tax_id_kind TEXT DEFAULT '' NOT NULL, 
	tax_id_masked TEXT DEFAULT '' NOT NULL, 
	tax_id_digest BLOB, 
	segment TEXT DEFAULT '' NOT NULL, 
	stage TEXT DEFAULT '' NOT NULL, 
	language TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	street TEXT DEFAULT '' NOT NULL, 
	house TEXT DEFAULT '' NOT NULL, 
	complement TEXT DEFAULT '' NOT NULL, 
	district TEXT DEFAULT '' NOT NULL, 
	city TEXT DEFAULT '' NOT NULL, 
	state_code TEXT DEFAULT '' NOT NULL, 
	postcode TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	active BOOLEAN NOT NULL, 
	life_support BOOLEAN NOT NULL, 
	erp_state TEXT DEFAULT '' NOT NULL, 
	erp_checked_at INTEGER, 
	customer_since TEXT, 
	updated_at INTEGER, 
	updated_by TEXT DEFAULT '' NOT NULL, 
	revision INTEGER NOT NULL, 
	folded_name TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE agent (
	id BLOB NOT NULL, 
	user_name TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	business_role TEXT DEFAULT '' NOT NULL, 
	team_id BLOB, 
	extension TEXT DEFAULT '' NOT NULL, 
	active BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE code_entry (
	id BLOB NOT NULL, 
	list TEXT DEFAULT '' NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	parent_code TEXT DEFAULT '' NOT NULL, 
	name_en TEXT DEFAULT '' NOT NULL, 
	name_pt TEXT DEFAULT '' NOT NULL, 
	name_ru TEXT DEFAULT '' NOT NULL, 
	position INTEGER, 
	active BOOLEAN NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE contact (
	id BLOB NOT NULL, 
	account_id BLOB, 
	name TEXT DEFAULT '' NOT NULL, 
	relation TEXT DEFAULT '' NOT NULL, 
	authorised BOOLEAN NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE contract (
	id BLOB NOT NULL, 
	account_id BLOB, 
	unit_id BLOB, 
	number TEXT DEFAULT '' NOT NULL, 
	tariff TEXT DEFAULT '' NOT NULL, 
	state TEXT DEFAULT '' NOT NULL, 
	starts_on TEXT, 
	ends_on TEXT, 
	sla_hours INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE fact (
	id BLOB NOT NULL, 
	account_id BLOB, 
	contact_id BLOB, 
	kind TEXT DEFAULT '' NOT NULL, 
	digest BLOB, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE interaction (
	id BLOB NOT NULL, 
	protocol TEXT DEFAULT '' NOT NULL, 
	account_id BLOB, 
	contact_id BLOB, 
	agent_id BLOB, 
	agent_name TEXT DEFAULT '' NOT NULL, 
	channel TEXT DEFAULT '' NOT NULL, 
	direction TEXT DEFAULT '' NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	queue TEXT DEFAULT '' NOT NULL, 
	dialled TEXT DEFAULT '' NOT NULL, 
	started_at INTEGER, 
	ended_at INTEGER, 
	status TEXT DEFAULT '' NOT NULL, 
	reason TEXT DEFAULT '' NOT NULL, 
	summary TEXT DEFAULT '' NOT NULL, 
	notes TEXT DEFAULT '' NOT NULL, 
	acting_for TEXT DEFAULT '' NOT NULL, 
	verified_count INTEGER, 
	verified_needed INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE interaction_call (
	id BLOB NOT NULL, 
	interaction_id BLOB, 
	account_id BLOB, 
	agent_id BLOB, 
	pbx_call_id TEXT DEFAULT '' NOT NULL, 
	direction TEXT DEFAULT '' NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	display_name TEXT DEFAULT '' NOT NULL, 
	queue TEXT DEFAULT '' NOT NULL, 
	dialled TEXT DEFAULT '' NOT NULL, 
	started_at INTEGER, 
	answered_at INTEGER, 
	ended_at INTEGER, 
	end_reason TEXT DEFAULT '' NOT NULL, 
	end_status INTEGER DEFAULT '0' NOT NULL, 
	transferred_to TEXT DEFAULT '' NOT NULL, 
	codec TEXT DEFAULT '' NOT NULL, 
	jitter_ms FLOAT DEFAULT '0' NOT NULL, 
	lost_percent FLOAT DEFAULT '0' NOT NULL, 
	delay_ms FLOAT DEFAULT '0' NOT NULL, 
	mos FLOAT DEFAULT '0' NOT NULL, 
	seen_at INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE invoice (
	id BLOB NOT NULL, 
	account_id BLOB, 
	number TEXT DEFAULT '' NOT NULL, 
	amount_cents INTEGER, 
	due_on TEXT, 
	paid_on TEXT, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE meter (
	id BLOB NOT NULL, 
	account_id BLOB, 
	unit_id BLOB, 
	serial TEXT DEFAULT '' NOT NULL, 
	model TEXT DEFAULT '' NOT NULL, 
	phases INTEGER, 
	installed_on TEXT, 
	warranty_until TEXT, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE order_event (
	id BLOB NOT NULL, 
	order_id BLOB, 
	account_id BLOB, 
	state TEXT DEFAULT '' NOT NULL, 
	author TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	happened_at INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE order_item (
	id BLOB NOT NULL, 
	order_id BLOB, 
	account_id BLOB, 
	position INTEGER, 
	kind TEXT DEFAULT '' NOT NULL, 
	product_code TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	quantity_milli INTEGER, 
	unit_price_cents INTEGER, 
	charge TEXT DEFAULT '' NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE outage (
	id BLOB NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	feeder TEXT DEFAULT '' NOT NULL, 
	city TEXT DEFAULT '' NOT NULL, 
	started_at INTEGER, 
	forecast_at INTEGER, 
	ended_at INTEGER, 
	customers INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE phone (
	id BLOB NOT NULL, 
	account_id BLOB, 
	contact_id BLOB, 
	written TEXT DEFAULT '' NOT NULL, 
	e164 INTEGER, 
	extension TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	preferred BOOLEAN NOT NULL, 
	valid_from TEXT, 
	valid_until TEXT, 
	do_not_call BOOLEAN NOT NULL, 
	do_not_call_reason TEXT DEFAULT '' NOT NULL, 
	do_not_call_on TEXT, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE product (
	id BLOB NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	kind TEXT DEFAULT '' NOT NULL, 
	measure TEXT DEFAULT '' NOT NULL, 
	unit_price_cents INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE service_order (
	id BLOB NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	account_id BLOB, 
	unit_id BLOB, 
	meter_id BLOB, 
	ticket_id BLOB, 
	interaction_id BLOB, 
	title TEXT DEFAULT '' NOT NULL, 
	state TEXT DEFAULT '' NOT NULL, 
	note TEXT DEFAULT '' NOT NULL, 
	crew TEXT DEFAULT '' NOT NULL, 
	window_from INTEGER, 
	window_until INTEGER, 
	due_at INTEGER, 
	created_at INTEGER, 
	created_by TEXT DEFAULT '' NOT NULL, 
	updated_at INTEGER, 
	updated_by TEXT DEFAULT '' NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE team (
	id BLOB NOT NULL, 
	code TEXT DEFAULT '' NOT NULL, 
	name TEXT DEFAULT '' NOT NULL, 
	level INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE ticket (
	id BLOB NOT NULL, 
	number TEXT DEFAULT '' NOT NULL, 
	account_id BLOB, 
	unit_id BLOB, 
	outage_id BLOB, 
	interaction_id BLOB, 
	kind TEXT DEFAULT '' NOT NULL, 
	complaint_type TEXT DEFAULT '' NOT NULL, 
	subject TEXT DEFAULT '' NOT NULL, 
	description TEXT DEFAULT '' NOT NULL, 
	category TEXT DEFAULT '' NOT NULL, 
	priority TEXT DEFAULT '' NOT NULL, 
	status TEXT DEFAULT '' NOT NULL, 
	level INTEGER, 
	team_id BLOB, 
	assignee_id BLOB, 
	assignee_name TEXT DEFAULT '' NOT NULL, 
	created_at INTEGER, 
	created_by TEXT DEFAULT '' NOT NULL, 
	response_due_at INTEGER, 
	responded_at INTEGER, 
	due_at INTEGER, 
	paused_at INTEGER, 
	resolved_at INTEGER, 
	solution TEXT DEFAULT '' NOT NULL, 
	updated_at INTEGER, 
	updated_by TEXT DEFAULT '' NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE ticket_note (
	id BLOB NOT NULL, 
	ticket_id BLOB, 
	account_id BLOB, 
	kind TEXT DEFAULT '' NOT NULL, 
	internal BOOLEAN NOT NULL, 
	author TEXT DEFAULT '' NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	written_at INTEGER, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE TABLE unit (
	id BLOB NOT NULL, 
	account_id BLOB, 
	number TEXT DEFAULT '' NOT NULL, 
	street TEXT DEFAULT '' NOT NULL, 
	house TEXT DEFAULT '' NOT NULL, 
	complement TEXT DEFAULT '' NOT NULL, 
	district TEXT DEFAULT '' NOT NULL, 
	city TEXT DEFAULT '' NOT NULL, 
	state_code TEXT DEFAULT '' NOT NULL, 
	postcode TEXT DEFAULT '' NOT NULL, 
	area TEXT DEFAULT '' NOT NULL, 
	voltage TEXT DEFAULT '' NOT NULL, 
	life_support BOOLEAN NOT NULL, 
	feeder TEXT DEFAULT '' NOT NULL, 
	supply TEXT DEFAULT '' NOT NULL, 
	revision INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 WITHOUT ROWID;
CREATE INDEX account_by_number ON account (number);
CREATE INDEX account_by_tax_id ON account (tax_id_digest);
CREATE INDEX contact_by_account ON contact (account_id);
CREATE INDEX contract_by_account ON contract (account_id);
CREATE INDEX fact_by_account ON fact (account_id);
CREATE INDEX interaction_by_account ON interaction (account_id);
CREATE INDEX interaction_by_agent ON interaction (agent_id, started_at);
CREATE INDEX interaction_by_number ON interaction (number);
CREATE INDEX interaction_by_protocol ON interaction (protocol);
CREATE INDEX interaction_call_by_agent ON interaction_call (agent_id, started_at);
CREATE INDEX interaction_call_by_interaction ON interaction_call (interaction_id);
CREATE INDEX interaction_open ON interaction (agent_id) WHERE status = 'open';
CREATE INDEX invoice_by_account ON invoice (account_id);
CREATE INDEX meter_by_account ON meter (account_id);
CREATE INDEX meter_by_serial ON meter (serial);
CREATE INDEX order_event_by_order ON order_event (order_id);
CREATE INDEX order_item_by_order ON order_item (order_id);
CREATE INDEX outage_by_feeder ON outage (feeder);
CREATE INDEX phone_by_account ON phone (account_id);
CREATE INDEX phone_by_e164 ON phone (e164);
CREATE INDEX phone_by_last_8 ON phone (e164 % 100000000);
CREATE INDEX service_order_by_account ON service_order (account_id);
CREATE INDEX service_order_by_number ON service_order (number);
CREATE INDEX service_order_by_ticket ON service_order (ticket_id);
CREATE INDEX ticket_by_account ON ticket (account_id);
CREATE INDEX ticket_by_assignee ON ticket (assignee_id);
CREATE INDEX ticket_by_number ON ticket (number);
CREATE INDEX ticket_note_by_ticket ON ticket_note (ticket_id);
CREATE INDEX ticket_unresolved ON ticket (due_at) WHERE resolved_at IS NULL;
CREATE INDEX unit_by_account ON unit (account_id);
CREATE INDEX unit_by_feeder ON unit (feeder);
CREATE INDEX unit_by_number ON unit (number);
