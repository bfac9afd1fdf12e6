-- Lists of attendees that are announced again and again, and the occasions on which each was due: the tables of
-- prisma/schema, then what its language cannot say.

-- CreateTable
CREATE TABLE "standing_lists" (
    "id" UUID NOT NULL,
    "staff_member_id" UUID NOT NULL,
    "about" TEXT NOT NULL,
    "activity_id" UUID,
    "campaign_id" UUID,
    "who" TEXT NOT NULL,
    "columns" TEXT[],
    "format" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "how" TEXT NOT NULL,
    "weekday" SMALLINT,
    "time_of_day" TEXT,
    "zone" TEXT NOT NULL DEFAULT 'Europe/London',
    "days" SMALLINT,
    "hours" SMALLINT,
    "next_at" TIMESTAMPTZ(3),
    "failures" SMALLINT NOT NULL DEFAULT 0,
    "stopped_at" TIMESTAMPTZ(3),
    "stopped_because" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "standing_lists_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "standing_list_runs" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "standing_list_id" UUID NOT NULL,
    "occasion" TEXT NOT NULL,
    "activity_id" UUID,
    "starts_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "people" INTEGER,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "standing_list_runs_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "standing_lists_staff_member_id_idx" ON "standing_lists"("staff_member_id");

-- CreateIndex
CREATE INDEX "standing_lists_activity_id_idx" ON "standing_lists"("activity_id");

-- CreateIndex
CREATE INDEX "standing_lists_campaign_id_idx" ON "standing_lists"("campaign_id");

-- CreateIndex
CREATE INDEX "standing_list_runs_standing_list_id_due_at_idx" ON "standing_list_runs"("standing_list_id", "due_at");

-- CreateIndex
CREATE UNIQUE INDEX "standing_list_runs_standing_list_id_occasion_key" ON "standing_list_runs"("standing_list_id", "occasion");

-- AddForeignKey
ALTER TABLE "standing_lists" ADD CONSTRAINT "standing_lists_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "standing_lists" ADD CONSTRAINT "standing_lists_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "standing_lists" ADD CONSTRAINT "standing_lists_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "standing_list_runs" ADD CONSTRAINT "standing_list_runs_standing_list_id_fkey" FOREIGN KEY ("standing_list_id") REFERENCES "standing_lists"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "standing_lists"
  ADD CONSTRAINT "standing_lists_about" CHECK (
    "about" IN ('activity', 'campaign', 'mine')
    AND ("activity_id" IS NULL OR "about" = 'activity') AND ("campaign_id" IS NULL OR "about" = 'campaign')),
  ADD CONSTRAINT "standing_lists_how" CHECK (
    ("how" = 'weekly' AND num_nonnulls("weekday", "time_of_day") = 2 AND "weekday" BETWEEN 1 AND 7
      AND "time_of_day" ~ '^([01]\d|2[0-3]):[0-5]\d$' AND "hours" IS NULL)
    OR ("how" = 'before' AND "hours" IS NOT NULL AND "hours" BETWEEN 1 AND 336
      AND num_nonnulls("weekday", "time_of_day", "days", "next_at") = 0)),
  ADD CONSTRAINT "standing_lists_next" CHECK (
    "how" = 'before' OR ("next_at" IS NULL) = ("stopped_at" IS NOT NULL)),
  ADD CONSTRAINT "standing_lists_stopped" CHECK (("stopped_at" IS NULL) = ("stopped_because" IS NULL)),
  ADD CONSTRAINT "standing_lists_columns" CHECK (cardinality("columns") > 0);

ALTER TABLE "standing_list_runs"
  ADD CONSTRAINT "standing_list_runs_ended" CHECK (("outcome" IS NULL) = ("ended_at" IS NULL)),
  ADD CONSTRAINT "standing_list_runs_before" CHECK (("activity_id" IS NULL) = ("starts_at" IS NULL));

-- The sweep of each minute looks for what is due: it reads the weekly lists that are, and those before activities.
CREATE INDEX "standing_lists_weekly_idx" ON "standing_lists"("next_at") WHERE "stopped_at" IS NULL AND "how" = 'weekly';
CREATE INDEX "standing_lists_before_idx" ON "standing_lists"("id") WHERE "stopped_at" IS NULL AND "how" = 'before';
CREATE INDEX "standing_list_runs_activity_idx" ON "standing_list_runs"("standing_list_id", "activity_id", "starts_at");
