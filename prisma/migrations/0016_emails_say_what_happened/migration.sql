-- One email at a time for each booking, what each said of it, who else asked by the same address, and until when a
-- Teams link leads anywhere: the tables and columns of prisma/schema.prisma, then what its language cannot say.

-- AlterTable
ALTER TABLE "activities" ADD COLUMN     "join_url_meeting_ends_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "letters" ADD COLUMN     "in_turn_of" UUID,
ADD COLUMN     "told" JSONB;

-- CreateTable
CREATE TABLE "repeated_requests" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "booking_id" UUID NOT NULL,
    "submission_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "places" INTEGER NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "repeated_requests_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "repeated_requests_booking_id_submission_id_key" ON "repeated_requests"("booking_id", "submission_id");

-- AddForeignKey
ALTER TABLE "repeated_requests" ADD CONSTRAINT "repeated_requests_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "repeated_requests"
  ADD CONSTRAINT "repeated_requests_places" CHECK ("places" >= 1);

-- Of the letters of a booking one is on its way at a time, so that none overtakes another: a calendar that heeds no
-- SEQUENCE would keep what it is given last. A process of the version before claims without a turn and is not hindered;
-- whoever lets a letter go ends its turn.

CREATE UNIQUE INDEX "letters_one_in_hand" ON "letters" ("in_turn_of") WHERE "in_turn_of" IS NOT NULL;

CREATE FUNCTION "end_turn"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."in_turn_of" := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER "letters_end_turn" BEFORE UPDATE ON "letters"
  FOR EACH ROW WHEN (NEW."claimed_until" IS NULL AND NEW."in_turn_of" IS NOT NULL) EXECUTE FUNCTION "end_turn"();

-- Until when the Teams meeting lasts that a link was pasted for: the end of its activity at that time, whatever writes
-- the link, also a process of the version before. Moving the activity does not move the meeting.

CREATE FUNCTION "note_meeting"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."join_url_meeting_ends_at" := CASE WHEN NEW."join_url_sealed" IS NOT NULL THEN NEW."ends_at" END;
  RETURN NEW;
END $$;

UPDATE "activities" SET "join_url_meeting_ends_at" = "ends_at" WHERE "join_url_sealed" IS NOT NULL;

CREATE TRIGGER "activities_note_new_meeting" BEFORE INSERT ON "activities"
  FOR EACH ROW EXECUTE FUNCTION "note_meeting"();
CREATE TRIGGER "activities_note_other_meeting" BEFORE UPDATE ON "activities"
  FOR EACH ROW WHEN (OLD."join_url_sealed" IS DISTINCT FROM NEW."join_url_sealed") EXECUTE FUNCTION "note_meeting"();
