-- More time for a request (UK GDPR, article 12A). What the list of a run had then; and runs by when they were due: they
-- are deleted some time afterwards.

-- AlterTable
ALTER TABLE "requests" ADD COLUMN "extended_at" TIMESTAMPTZ(3),
ADD COLUMN "extended_because" TEXT,
ADD COLUMN "extended_by_id" UUID,
ADD COLUMN "extension_reason" TEXT,
ADD COLUMN "extension_told_at" TIMESTAMPTZ(3),
ADD COLUMN "extension_told_by" TEXT;

-- AlterTable
ALTER TABLE "standing_list_runs" ADD COLUMN "columns" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN "days" SMALLINT,
ADD COLUMN "format" TEXT,
ADD COLUMN "why" TEXT;

-- CreateIndex
CREATE INDEX "standing_list_runs_due_at_idx" ON "standing_list_runs"("due_at");

ALTER TABLE requests
  ADD CONSTRAINT requests_extended_because_known CHECK (extended_because IN ('complex', 'many')),
  ADD CONSTRAINT requests_extension_told_by_known CHECK (extension_told_by IN ('email', 'otherwise')),
  -- Whoever takes more time says why, and how the person learns it.
  ADD CONSTRAINT requests_extended_with_a_reason
    CHECK (num_nonnulls(extended_at, extended_because, extended_by_id, extension_reason, extension_told_by) IN (0, 5)),
  ADD CONSTRAINT requests_told_of_an_extension CHECK (extension_told_at IS NULL OR extended_at IS NOT NULL);
