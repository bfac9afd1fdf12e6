-- Where an activity is may be told only to people who have a place; see programme/activities/place.ts.

-- AlterTable
ALTER TABLE "activities" ADD COLUMN "has_secret_place" BOOLEAN NOT NULL DEFAULT false;

-- Its page says whether the place is told. The place itself, while it is not told, changes nothing there.
DROP TRIGGER "activities_page_changed" ON "activities";
CREATE TRIGGER "activities_page_changed" BEFORE UPDATE ON "activities" FOR EACH ROW
  WHEN ((OLD.title, OLD.summary, OLD.kind, OLD.starts_at, OLD.ends_at, OLD.all_day, OLD.zone, OLD.is_online,
      CASE WHEN OLD.has_secret_place THEN NULL ELSE OLD.venue END, OLD.has_secret_place, OLD.district, OLD.audiences,
      OLD.visibility, OLD.embargo_until, OLD.booking, OLD.booking_opens_at, OLD.booking_closes_at, OLD.status,
      OLD.cancellation_reason, OLD.lead_agency_id)
    IS DISTINCT FROM (NEW.title, NEW.summary, NEW.kind, NEW.starts_at, NEW.ends_at, NEW.all_day, NEW.zone,
      NEW.is_online, CASE WHEN NEW.has_secret_place THEN NULL ELSE NEW.venue END, NEW.has_secret_place, NEW.district,
      NEW.audiences, NEW.visibility, NEW.embargo_until, NEW.booking, NEW.booking_opens_at, NEW.booking_closes_at,
      NEW.status, NEW.cancellation_reason, NEW.lead_agency_id))
  EXECUTE FUNCTION note_page_change();
