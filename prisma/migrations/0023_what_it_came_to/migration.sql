-- What reports of past years need of people whose details are deleted: of how many places it is known whether they were
-- taken, and how long before the start people booked.
ALTER TABLE "headcounts" ADD COLUMN "recorded_places" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "headcounts" ADD CONSTRAINT "headcounts_recorded_places" CHECK ("recorded_places" >= 0) NOT VALID;

-- One value more. A trigger instead of the constraint, because that would be a new one on what the version before writes.
ALTER TABLE "headcounts" DROP CONSTRAINT "headcounts_dimension";

CREATE FUNCTION "check_dimension"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.dimension NOT IN ('total', 'district', 'role', 'heard-from', 'lead-time') THEN
    RAISE EXCEPTION 'headcounts_dimension: nothing is counted by %', NEW.dimension
      USING ERRCODE = 'check_violation', CONSTRAINT = 'headcounts_dimension', TABLE = 'headcounts';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER "headcounts_check_dimension" BEFORE INSERT OR UPDATE OF "dimension" ON "headcounts"
  FOR EACH ROW EXECUTE FUNCTION "check_dimension"();
