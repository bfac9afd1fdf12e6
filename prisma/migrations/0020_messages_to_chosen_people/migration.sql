-- A message can be for people who were chosen one by one: the ids of their bookings, which lead nowhere once these are
-- erased. The version before cannot show such a message, and sends it to nobody.

ALTER TABLE "bulletins" ADD COLUMN "booking_ids" UUID[] DEFAULT ARRAY[]::UUID[];

-- A trigger instead of the constraint, because that would be a new one on what the version before writes.
ALTER TABLE "bulletins" DROP CONSTRAINT "bulletins_audience";

CREATE FUNCTION "check_audience"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.audience NOT IN ('confirmed', 'waiting', 'everyone', 'chosen')
    OR (NEW.audience = 'chosen') <> (coalesce(cardinality(NEW.booking_ids), 0) > 0)
  THEN
    RAISE EXCEPTION 'bulletins_audience: % is not for % bookings', NEW.audience, coalesce(cardinality(NEW.booking_ids), 0)
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bulletins_audience', TABLE = 'bulletins';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "bulletins_check_audience" BEFORE INSERT OR UPDATE OF "audience", "booking_ids" ON "bulletins"
  FOR EACH ROW EXECUTE FUNCTION "check_audience"();
