-- Changes of what everyone reads that wait for a coordinator, what coordinators decided, what they are told of, and the
-- areas of campaigns.

-- CreateTable
CREATE TABLE "proposals" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "changes" JSONB NOT NULL,
    "asked_by" UUID,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "returned_by" UUID,
    "returned_at" TIMESTAMPTZ(3),
    "reason" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "proposals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_decisions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "about" TEXT NOT NULL,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "asked_by" UUID,
    "decided_by" UUID NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_decisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval_digests" (
    "staff_member_id" UUID NOT NULL,
    "is_off" BOOLEAN NOT NULL DEFAULT false,
    "due_at" TIMESTAMPTZ(3),
    "told" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "approval_digests_pkey" PRIMARY KEY ("staff_member_id")
);

-- CreateTable
CREATE TABLE "district_areas" (
    "campaign_id" UUID NOT NULL,
    "district" TEXT NOT NULL,
    "area" TEXT NOT NULL,

    CONSTRAINT "district_areas_pkey" PRIMARY KEY ("campaign_id","district")
);

-- CreateIndex
CREATE UNIQUE INDEX "proposals_activity_id_key" ON "proposals"("activity_id");

-- CreateIndex
CREATE INDEX "approval_decisions_activity_id_idx" ON "approval_decisions"("activity_id");

-- CreateIndex
CREATE INDEX "approval_decisions_decided_at_idx" ON "approval_decisions"("decided_at");

-- AddForeignKey
ALTER TABLE "proposals" ADD CONSTRAINT "proposals_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_decisions" ADD CONSTRAINT "approval_decisions_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_digests" ADD CONSTRAINT "approval_digests_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "district_areas" ADD CONSTRAINT "district_areas_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "proposals"
  ADD CONSTRAINT "proposals_change_something" CHECK (jsonb_typeof("changes") = 'object' AND "changes" <> '{}'),
  ADD CONSTRAINT "proposals_returned" CHECK (
    ("returned_by" IS NULL) = ("returned_at" IS NULL) AND ("returned_by" IS NULL) = ("reason" = ''));

ALTER TABLE "approval_decisions"
  ADD CONSTRAINT "approval_decisions_about" CHECK ("about" IN ('activity', 'change')),
  ADD CONSTRAINT "approval_decisions_decision" CHECK ("decision" IN ('approved', 'returned')),
  ADD CONSTRAINT "approval_decisions_reason" CHECK (("decision" = 'returned') = ("reason" <> ''));

ALTER TABLE "district_areas" ADD CONSTRAINT "district_areas_named" CHECK ("area" <> '' AND "district" <> '');

-- Nobody approves a change of what is cancelled. Versions before, which know of no proposals, cancel as well.
CREATE FUNCTION "drop_proposal"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "proposals" WHERE "activity_id" = NEW."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "activities_drop_proposal" AFTER UPDATE OF "status", "campaign_id" ON "activities" FOR EACH ROW
  WHEN (NEW."status" = 'cancelled' OR NEW."campaign_id" <> OLD."campaign_id") EXECUTE FUNCTION "drop_proposal"();
