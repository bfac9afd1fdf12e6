-- Who may know of operational work: only people who are named, and admins.

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
