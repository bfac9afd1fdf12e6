-- What somebody asked ends without a decision too: they are told as of one. Of a deleted draft only its title is left.
ALTER TABLE "approval_decisions"
  ALTER COLUMN "activity_id" DROP NOT NULL,
  ADD COLUMN "title" TEXT NOT NULL DEFAULT '',
  DROP CONSTRAINT "approval_decisions_decision",
  ADD CONSTRAINT "approval_decisions_decision"
    CHECK ("decision" IN ('approved', 'returned', 'withdrawn', 'cancelled', 'hidden', 'deleted')),
  ADD CONSTRAINT "approval_decisions_deleted"
    CHECK (("activity_id" IS NULL) = ("decision" = 'deleted') AND ("title" <> '') = ("decision" = 'deleted'));

-- Who asked without an account was told by another note than this: what is older is not announced to them again.
UPDATE "approval_decisions" SET "told_at" = "decided_at" WHERE "asked_by" IS NULL AND "told_at" IS NULL;

-- Its page says who runs it, also where that is no agency.
DROP TRIGGER "activities_page_changed" ON "activities";
CREATE TRIGGER "activities_page_changed" BEFORE UPDATE ON "activities" FOR EACH ROW
  WHEN ((OLD.title, OLD.summary, OLD.kind, OLD.starts_at, OLD.ends_at, OLD.all_day, OLD.zone, OLD.is_online,
      CASE WHEN OLD.has_secret_place THEN NULL ELSE OLD.venue END, OLD.has_secret_place, OLD.district, OLD.audiences,
      OLD.visibility, OLD.embargo_until, OLD.booking, OLD.booking_opens_at, OLD.booking_closes_at, OLD.status,
      OLD.cancellation_reason, coalesce(OLD.led_as_id, OLD.lead_agency_id), OLD.partnership,
      OLD.run_by)
    IS DISTINCT FROM (NEW.title, NEW.summary, NEW.kind, NEW.starts_at, NEW.ends_at, NEW.all_day, NEW.zone,
      NEW.is_online, CASE WHEN NEW.has_secret_place THEN NULL ELSE NEW.venue END, NEW.has_secret_place, NEW.district,
      NEW.audiences, NEW.visibility, NEW.embargo_until, NEW.booking, NEW.booking_opens_at, NEW.booking_closes_at,
      NEW.status, NEW.cancellation_reason, coalesce(NEW.led_as_id, NEW.lead_agency_id), NEW.partnership,
      NEW.run_by))
  EXECUTE FUNCTION note_page_change();

-- What a file asks for is said after it was imported too.
ALTER TABLE "programme_uploads" ADD COLUMN "asked" INTEGER;
