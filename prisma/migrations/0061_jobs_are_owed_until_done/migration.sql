-- Jobs of which no other table would tell that they are still to be done, each by the id of the job that is to do it.
-- The version before neither adds rows nor takes them away: what it has done is announced again once, and goes nowhere.
CREATE TABLE "owed_jobs" (
  "id" UUID PRIMARY KEY,
  "queue" TEXT NOT NULL,
  "data" JSONB NOT NULL,
  "owed_until" TIMESTAMPTZ(3) NOT NULL
);

-- What an email is about, so that all about it are found when it is erased.
ALTER TABLE "standalone_emails" ADD COLUMN "about_id" UUID;
CREATE INDEX "standalone_emails_about_id" ON "standalone_emails" ("about_id");
