-- What somebody asked ends without a decision too: they are told as of one. Of a deleted draft only its title is left.
ALTER TABLE "approval_decisions"
  ALTER COLUMN "activity_id" DROP NOT NULL,
  ADD COLUMN "title" TEXT NOT NULL DEFAULT '',
  DROP CONSTRAINT "approval_decisions_decision",
  ADD CONSTRAINT "approval_decisions_decision"
    CHECK ("decision" IN ('approved', 'returned', 'withdrawn', 'cancelled', 'hidden', 'deleted')),
  ADD CONSTRAINT "approval_decisions_deleted"
    CHECK (("activity_id" IS NULL) = ("decision" = 'deleted') AND ("title" <> '') = ("decision" = 'deleted'));

-- Who asked without an account was told by another note than this: what is older is not announced to them again.
UPDATE "approval_decisions" SET "told_at" = "decided_at" WHERE "asked_by" IS NULL AND "told_at" IS NULL;
