-- To which address a letter went, without keeping that: by the version of the links that it carries.
ALTER TABLE "letters" ADD COLUMN "link_version" INTEGER;

-- Written here with each try, so that it is known of the letters of an older process too.

CREATE FUNCTION "note_links"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.link_version := (SELECT booking.link_version FROM bookings booking WHERE booking.id = NEW.booking_id);
  RETURN NEW;
END $$;

CREATE TRIGGER "letters_note_links" BEFORE INSERT OR UPDATE OF "claimed_until" ON "letters"
  FOR EACH ROW WHEN (NEW.claimed_until IS NOT NULL) EXECUTE FUNCTION "note_links"();
