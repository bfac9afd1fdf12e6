-- What people ask about what we hold of them, complaints, and erasures on their way: the tables of
-- prisma/schema.prisma, then what its language cannot say.

-- CreateTable
CREATE TABLE "requests" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "canonical_email" TEXT NOT NULL,
    "text" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "due_on" DATE NOT NULL,
    "acknowledged_at" TIMESTAMPTZ(3),
    "answer" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "closed_by_id" UUID,
    "told_by" TEXT,
    "told_at" TIMESTAMPTZ(3),
    "unreachable_at" TIMESTAMPTZ(3),
    "submission_id" UUID NOT NULL,

    CONSTRAINT "requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "erasures" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "canonical_email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by_id" UUID,
    "done_by" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "requests_submission_id_key" ON "requests"("submission_id");

-- CreateIndex
CREATE INDEX "requests_canonical_email_idx" ON "requests"("canonical_email");

-- CreateIndex
CREATE UNIQUE INDEX "erasures_canonical_email_key" ON "erasures"("canonical_email");

ALTER TABLE requests
  ADD CONSTRAINT requests_kind_known CHECK (kind IN ('complaint', 'copy', 'deletion', 'objection')),
  ADD CONSTRAINT requests_told_by_known CHECK (told_by IN ('email', 'otherwise') OR (told_by = 'copy' AND kind = 'copy')),
  -- It is open, or somebody has answered it and says how they are told.
  ADD CONSTRAINT requests_closed_with_an_answer
    CHECK ((closed_at IS NULL) = (answer IS NULL) AND (closed_at IS NULL) = (told_by IS NULL)),
  ADD CONSTRAINT requests_told_once_closed CHECK (told_at IS NULL OR closed_at IS NOT NULL);

-- Whoever asks twice for the same is answered once. A complaint is about what happened: there can be two.
CREATE UNIQUE INDEX requests_one_open_of_a_kind ON requests (canonical_email, kind)
  WHERE closed_at IS NULL AND kind <> 'complaint';

CREATE INDEX requests_open ON requests (due_on) WHERE closed_at IS NULL;
CREATE INDEX requests_closed ON requests (closed_at) WHERE closed_at IS NOT NULL;
