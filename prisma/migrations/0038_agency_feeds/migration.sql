-- Secret addresses at which the people of agencies follow what they may know of in their calendars: the table of
-- prisma/schema.

-- CreateTable
CREATE TABLE "agency_feeds" (
    "id" UUID NOT NULL,
    "agency_id" UUID,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "made_at" TIMESTAMPTZ(3) NOT NULL,
    "last_fetched_on" DATE,

    CONSTRAINT "agency_feeds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "agency_feeds_token_hash_key" ON "agency_feeds"("token_hash");

-- CreateIndex
CREATE INDEX "agency_feeds_agency_id_idx" ON "agency_feeds"("agency_id");

-- AddForeignKey
ALTER TABLE "agency_feeds" ADD CONSTRAINT "agency_feeds_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What else is read for boards, lists and feeds, without reading every row there is: the other dates of an activity, and
-- that in which an agency takes part.

-- CreateIndex
CREATE INDEX "activities_another_date_of_id_idx" ON "activities"("another_date_of_id");

-- CreateIndex
CREATE INDEX "activity_partners_agency_id_idx" ON "activity_partners"("agency_id");
