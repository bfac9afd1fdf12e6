-- Who may know of operational work: only people who are named, and admins; and who approves what everyone may.

-- CreateTable
CREATE TABLE "named_people" (
    "activity_id" UUID NOT NULL,
    "staff_member_id" UUID NOT NULL,

    CONSTRAINT "named_people_pkey" PRIMARY KEY ("activity_id","staff_member_id")
);

-- CreateIndex
CREATE INDEX "named_people_staff_member_id_idx" ON "named_people"("staff_member_id");

-- AddForeignKey
ALTER TABLE "named_people" ADD CONSTRAINT "named_people_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "named_people" ADD CONSTRAINT "named_people_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Until now all people of an agency knew of its operational work. Its organisers go on running it.
INSERT INTO "named_people" ("activity_id", "staff_member_id")
SELECT "activities"."id", "staff_members"."id"
FROM "activities" JOIN "staff_members" ON "staff_members"."agency_id" = "activities"."lead_agency_id"
WHERE "activities"."visibility" = 'operational' AND "staff_members"."role" = 'organiser'
  AND "staff_members"."disabled_at" IS NULL;

-- CreateTable
CREATE TABLE "releases" (
    "activity_id" UUID NOT NULL,
    "asked_by" UUID NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "agreed_by" UUID,
    "agreed_at" TIMESTAMPTZ(3),

    CONSTRAINT "releases_pkey" PRIMARY KEY ("activity_id")
);

-- AddForeignKey
ALTER TABLE "releases" ADD CONSTRAINT "releases_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "releases"
  ADD CONSTRAINT "releases_two_people" CHECK ("agreed_by" <> "asked_by"),
  ADD CONSTRAINT "releases_agreed" CHECK (("agreed_by" IS NULL) = ("agreed_at" IS NULL));

-- Police work that a public programme would give away: public only once it is over and two people have agreed. Versions
-- before never make it public.
ALTER TABLE "activities" DROP CONSTRAINT "activities_operational_kinds";

CREATE FUNCTION "only_released_is_public"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."kind" IN ('compliance-visit', 'disruption') AND NEW."visibility" = 'public' AND NOT EXISTS (
    SELECT FROM "releases" WHERE "activity_id" = NEW."id" AND "agreed_at" >= NEW."ends_at"
  ) THEN
    RAISE check_violation USING
      MESSAGE = 'A disruption or compliance visit is public only when it is over and two people have agreed.',
      CONSTRAINT = 'activities_operational_kinds';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "activities_only_released_is_public" BEFORE INSERT OR UPDATE OF "kind", "visibility", "ends_at" ON "activities"
  FOR EACH ROW EXECUTE FUNCTION "only_released_is_public"();

-- And it stays agreed for as long as it is public.
CREATE FUNCTION "public_stays_released"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."agreed_at" IS NOT NULL AND EXISTS (
    SELECT FROM "activities" WHERE "id" = OLD."activity_id" AND "visibility" = 'public' AND
      "kind" IN ('compliance-visit', 'disruption')
  ) THEN
    RAISE check_violation USING
      MESSAGE = 'What two people have agreed to is public still.', CONSTRAINT = 'activities_operational_kinds';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER "releases_public_stays_released" BEFORE UPDATE OR DELETE ON "releases"
  FOR EACH ROW EXECUTE FUNCTION "public_stays_released"();

-- Approval: a coordinator publishes what agencies enter.

-- AlterTable
ALTER TABLE "campaigns" ADD COLUMN "needs_approval" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "coordinators" (
    "campaign_id" UUID NOT NULL,
    "staff_member_id" UUID NOT NULL,
    "districts" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "coordinators_pkey" PRIMARY KEY ("campaign_id","staff_member_id")
);

-- CreateTable
CREATE TABLE "approval_requests" (
    "activity_id" UUID NOT NULL,
    "asked_by" UUID NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "returned_by" UUID,
    "returned_at" TIMESTAMPTZ(3),
    "reason" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "approval_requests_pkey" PRIMARY KEY ("activity_id"),
    CONSTRAINT "approval_requests_returned" CHECK (
      ("returned_by" IS NULL) = ("returned_at" IS NULL) AND ("returned_by" IS NULL) = ("reason" = ''))
);

-- CreateIndex
CREATE INDEX "coordinators_staff_member_id_idx" ON "coordinators"("staff_member_id");

-- AddForeignKey
ALTER TABLE "coordinators" ADD CONSTRAINT "coordinators_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coordinators" ADD CONSTRAINT "coordinators_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "approval_requests" ADD CONSTRAINT "approval_requests_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- In weeks of action several agencies enter what they do.
UPDATE "campaigns" SET "needs_approval" = true WHERE "kind" = 'week-of-action';
