-- Another number after every change of a project's points, or of what they are judged by but the policies: what a
-- server keeps in memory of the project holds as long as this does.
ALTER TABLE project ADD COLUMN stamp BIGINT NOT NULL DEFAULT 0;
