-- A keyed hash of the phone number, in the form in which numbers are compared: the number itself is sealed with a key that
-- the database does not have. Null: there is no number, or the version before wrote it, and the night seals it.
ALTER TABLE "bookings" ADD COLUMN "phone_mark" TEXT;
CREATE INDEX "bookings_phone_mark_idx" ON "bookings" ("phone_mark");

-- A link that is sealed again is no other link.
DROP TRIGGER "activities_note_other_meeting" ON "activities";
CREATE TRIGGER "activities_note_other_meeting" BEFORE UPDATE ON "activities"
  FOR EACH ROW WHEN (OLD."join_url_sealed" IS DISTINCT FROM NEW."join_url_sealed"
    AND current_setting('placekeeper.seals_again', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION "note_meeting"();
