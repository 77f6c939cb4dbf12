-- The journal. One schema for PostgreSQL and SQLite: what differs is a placeholder (Dialect).
-- Times are microseconds since 1970. Texts are compared byte by byte, so that a prefix is a range.
-- Each index costs every write, so each says what needs it.

-- One row.
CREATE TABLE journal (
  one smallint NOT NULL PRIMARY KEY CHECK (one = 1),
  -- Random: cursors name it.
  id ${text} NOT NULL,
  -- The position of the newest visible event.
  last_position bigint NOT NULL,
  -- Up to this position, events may have been forgotten.
  pruned_through bigint NOT NULL,
  -- The latest receipt of all visible events.
  received_through bigint NOT NULL
);

-- What became of messages; never their content.
CREATE TABLE message (
  sequence ${identity},
  app_id ${text} NOT NULL,
  message_id ${text} NOT NULL,
  request_id ${text} NOT NULL,
  caller ${text} NOT NULL,
  open_id ${text} NOT NULL,
  template_id ${text} NOT NULL,
  kind ${text} NOT NULL,
  outcome ${text} NOT NULL,
  reason ${text} NOT NULL,
  errcode bigint,
  errmsg ${text},
  rid ${text},
  began_at bigint NOT NULL,
  ended_at bigint NOT NULL,
  attempts bigint NOT NULL
)${storage};

-- Lists without a filter that finds few, and what is to be forgotten.
CREATE UNIQUE INDEX message_began ON message (began_at, sequence);
-- Messages of one caller, which may be few among many.
CREATE INDEX message_caller ON message (caller, began_at, sequence) WHERE caller <> '';
-- Messages to one user.
CREATE INDEX message_open_id ON message (open_id, began_at, sequence);
-- Look-ups, and receipts that look for their message.
CREATE INDEX message_message_id ON message (message_id) WHERE message_id <> '';
-- Look-ups, and prefixes of request ids.
CREATE INDEX message_request_id ON message (request_id) WHERE request_id <> '';

-- What WeChat and callers reported afterwards.
CREATE TABLE event (
  -- The order in which events were stored.
  id ${identity},
  -- What makes two events the same one.
  event_key ${text} NOT NULL UNIQUE,
  app_id ${text} NOT NULL,
  open_id ${text} NOT NULL,
  template_id ${text} NOT NULL,
  occurred_at bigint NOT NULL,
  received_at bigint NOT NULL,
  -- Set for receipts.
  message_id ${text},
  delivered boolean,
  error_code ${text},
  error_status ${text},
  -- Set for answers of users.
  answer ${text},
  raw_answer ${text},
  source ${text},
  popup_scene ${text},
  -- NULL until the event is visible.
  position bigint,
  -- Those of the message that a receipt belongs to.
  owned boolean NOT NULL,
  caller ${text} NOT NULL,
  request_id ${text} NOT NULL,
  -- The latest received_at of all events up to this position.
  received_through bigint
)${storage};

-- Watchers.
CREATE UNIQUE INDEX event_position ON event (position) WHERE position IS NOT NULL;
-- What a crash left, and receipts of unknown messages.
CREATE INDEX event_pending ON event (received_at) WHERE position IS NULL;
-- What is to be forgotten.
CREATE INDEX event_received ON event (received_at);
-- Receipts of a message.
CREATE INDEX event_message_id ON event (message_id) WHERE message_id IS NOT NULL;
-- Answers of one user, and acceptances of one subscription.
CREATE INDEX event_answer ON event (open_id, template_id, occurred_at) WHERE answer IS NOT NULL;

-- When each kind of fact last happened to a subscription.
CREATE TABLE subscription (
  app_id ${text} NOT NULL,
  open_id ${text} NOT NULL,
  template_id ${text} NOT NULL,
  accepted_at bigint,
  rejected_at bigint,
  refused_at bigint,
  -- Kept only where one of the two above is set.
  sent_at bigint,
  -- By the clock of the database.
  updated_at bigint NOT NULL,
  PRIMARY KEY (app_id, open_id, template_id)
)${storage};

-- What changed, for the ledgers that replicas keep in memory.
CREATE INDEX subscription_closed ON subscription (updated_at)
  WHERE rejected_at IS NOT NULL OR refused_at IS NOT NULL;
