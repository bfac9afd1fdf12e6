-- The way in, reminders, bulletins, Teams meetings, and what became of letters: the tables and columns of
-- prisma/schema.prisma, then what its language cannot say.

-- DropIndex
DROP INDEX "letters_booking_id_kind_sequence_key";

-- AlterTable
ALTER TABLE "activities" ADD COLUMN     "entry" TEXT NOT NULL DEFAULT 'invitation',
ADD COLUMN     "follow_up" BOOLEAN NOT NULL DEFAULT true,
ADD COLUMN     "reminders" TEXT[] DEFAULT ARRAY['week', 'day', 'hour']::TEXT[];

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "cancelled_by" TEXT,
ADD COLUMN     "joined_at" TIMESTAMPTZ(3),
ADD COLUMN     "reminders_off" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "unreachable_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "letters" RENAME COLUMN "last_error" TO "answer";
ALTER TABLE "letters" ADD COLUMN     "copy" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "teams_meetings" (
    "activity_id" UUID NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'asked',
    "generation" INTEGER NOT NULL DEFAULT 0,
    "lobby" TEXT NOT NULL DEFAULT 'everyone-waits',
    "may_unmute" BOOLEAN NOT NULL DEFAULT false,
    "may_show_camera" BOOLEAN NOT NULL DEFAULT false,
    "meeting_id_sealed" TEXT,
    "join_url_sealed" TEXT,
    "ways_in_sealed" TEXT,
    "made_as" JSONB,
    "problem" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "made_at" TIMESTAMPTZ(3),

    CONSTRAINT "teams_meetings_pkey" PRIMARY KEY ("activity_id")
);

-- CreateTable
CREATE TABLE "bulletins" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "audience" TEXT NOT NULL,
    "heading" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "made_by_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "stopped_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulletins_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "bulletins_activity_id_number_key" ON "bulletins"("activity_id", "number");

-- CreateIndex
CREATE INDEX "activities_ends_at_idx" ON "activities"("ends_at");

-- CreateIndex
CREATE UNIQUE INDEX "letters_booking_id_kind_sequence_copy_key" ON "letters"("booking_id", "kind", "sequence", "copy");

-- AddForeignKey
ALTER TABLE "teams_meetings" ADD CONSTRAINT "teams_meetings_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulletins" ADD CONSTRAINT "bulletins_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "activities"
  ADD CONSTRAINT "activities_entry" CHECK ("entry" IN ('invitation', 'personal')),
  ADD CONSTRAINT "activities_reminders" CHECK ("reminders" <@ ARRAY['week', 'day', 'hour']);

ALTER TABLE "bookings"
  ADD CONSTRAINT "bookings_cancelled_by" CHECK (
    "cancelled_by" IS NULL OR ("cancelled_by" IN ('organiser', 'activity') AND "status" = 'cancelled')),
  ADD CONSTRAINT "bookings_who_joined_came" CHECK ("joined_at" IS NULL OR "attended" IS NOT NULL);

ALTER TABLE "letters" DROP CONSTRAINT "letters_status";
ALTER TABLE "letters" DROP CONSTRAINT "letters_failure_has_a_reason";
UPDATE "letters" SET "status" = 'withdrawn' WHERE "status" = 'failed' AND "answer" LIKE 'Not sent:%';
ALTER TABLE "letters"
  ADD CONSTRAINT "letters_status" CHECK ("status" IN ('queued', 'sent', 'failed', 'withdrawn', 'bounced')),
  ADD CONSTRAINT "letters_failure_has_a_reason" CHECK ("status" NOT IN ('failed', 'withdrawn', 'bounced') OR "answer" IS NOT NULL),
  ADD CONSTRAINT "letters_bounced_after_sending" CHECK ("status" <> 'bounced' OR "sent_at" IS NOT NULL),
  ADD CONSTRAINT "letters_copy" CHECK ("copy" >= 0);

ALTER TABLE "bulletins"
  ADD CONSTRAINT "bulletins_number" CHECK ("number" >= 1),
  ADD CONSTRAINT "bulletins_audience" CHECK ("audience" IN ('confirmed', 'waiting', 'everyone')),
  ADD CONSTRAINT "bulletins_stopped_after_sending" CHECK ("stopped_at" IS NULL OR "sent_at" IS NOT NULL);

ALTER TABLE "teams_meetings"
  ADD CONSTRAINT "teams_meetings_status" CHECK ("status" IN ('asked', 'made', 'failed', 'removed')),
  ADD CONSTRAINT "teams_meetings_generation" CHECK ("generation" >= 0),
  ADD CONSTRAINT "teams_meetings_lobby" CHECK ("lobby" IN ('everyone-waits', 'nobody-waits')),
  ADD CONSTRAINT "teams_meetings_made" CHECK ("status" <> 'made' OR ("meeting_id_sealed" IS NOT NULL AND "made_at" IS NOT NULL));

-- Whom letters do not reach, without reading everybody who ever booked.
CREATE INDEX "bookings_unreachable" ON "bookings" ("unreachable_at") WHERE "unreachable_at" IS NOT NULL;

-- Letters of one kind and number, however many there are of others: how far a bulletin has come.
CREATE INDEX "letters_bulletins" ON "letters" ("sequence", "booking_id") WHERE "kind" = 'bulletin';

-- Meetings that are not yet as wanted.
CREATE INDEX "teams_meetings_unmade" ON "teams_meetings" ("asked_at") WHERE "status" IN ('asked', 'failed');
