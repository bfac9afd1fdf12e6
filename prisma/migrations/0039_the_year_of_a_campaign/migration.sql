-- The dates of a campaign's year, what its activities came to, who was asked for that and who was thanked: the tables of
-- prisma/schema, then what its language cannot say.

-- AlterTable
ALTER TABLE "campaigns" ADD COLUMN "copied_from_id" UUID;

-- AlterTable
ALTER TABLE "activities" ADD COLUMN "conversations" INTEGER;

-- CreateTable
CREATE TABLE "campaign_dates" (
    "campaign_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "time" TEXT NOT NULL DEFAULT '',
    "label" TEXT NOT NULL DEFAULT '',
    "is_done" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "campaign_dates_pkey" PRIMARY KEY ("campaign_id","kind")
);

-- CreateTable
CREATE TABLE "outcome_reports" (
    "activity_id" UUID NOT NULL,
    "took_place" BOOLEAN NOT NULL,
    "learnt" TEXT NOT NULL DEFAULT '',
    "is_chosen" BOOLEAN NOT NULL DEFAULT false,
    "given_at" TIMESTAMPTZ(3) NOT NULL,
    "given_by" UUID,

    CONSTRAINT "outcome_reports_pkey" PRIMARY KEY ("activity_id")
);

-- CreateTable
CREATE TABLE "outcome_askings" (
    "campaign_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "reminds" BOOLEAN NOT NULL,

    CONSTRAINT "outcome_askings_pkey" PRIMARY KEY ("campaign_id")
);

-- CreateTable
CREATE TABLE "outcome_asks" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "occasion" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "asked_by" UUID,
    "staff_member_id" UUID,
    "sent_at" TIMESTAMPTZ(3),
    "refused_at" TIMESTAMPTZ(3),

    CONSTRAINT "outcome_asks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "thanks" (
    "activity_id" UUID NOT NULL,
    "thanked_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "thanks_pkey" PRIMARY KEY ("activity_id")
);

-- CreateIndex
CREATE INDEX "campaigns_copied_from_id_idx" ON "campaigns"("copied_from_id");

-- CreateIndex
CREATE UNIQUE INDEX "outcome_asks_activity_id_occasion_key" ON "outcome_asks"("activity_id", "occasion");

-- AddForeignKey
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_copied_from_id_fkey" FOREIGN KEY ("copied_from_id") REFERENCES "campaigns"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_dates" ADD CONSTRAINT "campaign_dates_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outcome_reports" ADD CONSTRAINT "outcome_reports_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outcome_askings" ADD CONSTRAINT "outcome_askings_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "outcome_asks" ADD CONSTRAINT "outcome_asks_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "thanks" ADD CONSTRAINT "thanks_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "activities" ADD CONSTRAINT "activities_conversations" CHECK ("conversations" >= 0);

ALTER TABLE "campaign_dates"
  ADD CONSTRAINT "campaign_dates_kind"
    CHECK ("kind" IN ('entries-open', 'entries-close', 'embargo-ends', 'numbers-due', 'report-due')),
  -- Only an embargo ends at a time of day.
  ADD CONSTRAINT "campaign_dates_time"
    CHECK ("time" = '' OR ("kind" = 'embargo-ends' AND "time" ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'));

-- Once each by itself, and as often as organisers ask again.
ALTER TABLE "outcome_asks" ADD CONSTRAINT "outcome_asks_occasion"
  CHECK ("occasion" IN ('first', 'after-3-days', 'after-10-days', 'before-due') OR "occasion" ~ '^again-[1-9][0-9]*$');
