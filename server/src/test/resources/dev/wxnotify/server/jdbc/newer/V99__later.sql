ALTER TABLE message ADD COLUMN added_later ${text} DEFAULT 'x';
