-- When what the public reads of an activity or a campaign was last changed, for search engines. Of changes before this
-- nothing is known, so it stays empty until the next one.
ALTER TABLE "activities" ADD COLUMN "changed_at" TIMESTAMPTZ(3);
ALTER TABLE "campaigns" ADD COLUMN "changed_at" TIMESTAMPTZ(3);

CREATE FUNCTION note_page_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := now();
  RETURN NEW;
END $$;

CREATE TRIGGER activities_page_made BEFORE INSERT ON activities FOR EACH ROW EXECUTE FUNCTION note_page_change();
CREATE TRIGGER campaigns_page_made BEFORE INSERT ON campaigns FOR EACH ROW EXECUTE FUNCTION note_page_change();

-- Not for what only those who run it see: whoever reads the list would know that something has happened.
CREATE TRIGGER activities_page_changed BEFORE UPDATE ON activities FOR EACH ROW
  WHEN ((OLD.title, OLD.summary, OLD.kind, OLD.starts_at, OLD.ends_at, OLD.all_day, OLD.zone, OLD.is_online, OLD.venue,
      OLD.district, OLD.audiences, OLD.visibility, OLD.embargo_until, OLD.booking, OLD.booking_opens_at,
      OLD.booking_closes_at, OLD.status, OLD.cancellation_reason, OLD.lead_agency_id)
    IS DISTINCT FROM (NEW.title, NEW.summary, NEW.kind, NEW.starts_at, NEW.ends_at, NEW.all_day, NEW.zone,
      NEW.is_online, NEW.venue, NEW.district, NEW.audiences, NEW.visibility, NEW.embargo_until, NEW.booking,
      NEW.booking_opens_at, NEW.booking_closes_at, NEW.status, NEW.cancellation_reason, NEW.lead_agency_id))
  EXECUTE FUNCTION note_page_change();
CREATE TRIGGER campaigns_page_changed BEFORE UPDATE ON campaigns FOR EACH ROW
  WHEN ((OLD.title, OLD.summary, OLD.kind, OLD.partnership, OLD.hashtags, OLD.first_day, OLD.last_day, OLD.districts,
      OLD.privacy_notice)
    IS DISTINCT FROM (NEW.title, NEW.summary, NEW.kind, NEW.partnership, NEW.hashtags, NEW.first_day, NEW.last_day,
      NEW.districts, NEW.privacy_notice))
  EXECUTE FUNCTION note_page_change();
