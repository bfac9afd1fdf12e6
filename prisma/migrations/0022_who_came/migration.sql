-- Of the people of a booking who came: how many, for about how long, and how the service knows.
ALTER TABLE "bookings"
  ADD COLUMN "came_places" INTEGER,
  ADD COLUMN "minutes_at_least" INTEGER,
  ADD COLUMN "attendance_source" TEXT;

-- How many people came without a booking; null: nobody counted.
ALTER TABLE "activities" ADD COLUMN "walk_ins" INTEGER;

ALTER TABLE "headcounts" ADD COLUMN "came_places" INTEGER NOT NULL DEFAULT 0;
-- Of people counted before this nobody knows more than one place each.
UPDATE "headcounts" SET "came_places" = "came" WHERE "came" > 0;

-- What follows from whether they came is kept in step with it here and not demanded by a constraint: a process of the
-- version before knows none of these columns, and changes who came and how many places there are.
CREATE FUNCTION "keep_attendance"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.came_places := CASE
    WHEN NEW.attended IS NULL THEN NULL
    WHEN NOT NEW.attended THEN 0
    WHEN NEW.came_places = 0 THEN NULL
    -- Not least() alone, which passes over what is null.
    WHEN NEW.came_places > NEW.places THEN NEW.places
    ELSE NEW.came_places END;
  IF NEW.attended IS NULL THEN
    NEW.attendance_source := NULL;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.attended IS DISTINCT FROM OLD.attended AND NEW.attendance_source IS NOT DISTINCT FROM OLD.attendance_source THEN
      NEW.attendance_source := CASE WHEN NEW.joined_at IS DISTINCT FROM OLD.joined_at THEN 'joined' ELSE 'ticked' END;
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- Of a new booking there is nothing to keep in step, but in a copy and in tests.
CREATE TRIGGER "bookings_begin_attendance" BEFORE INSERT ON "bookings"
  FOR EACH ROW WHEN (NEW."attended" IS NOT NULL OR NEW."came_places" IS NOT NULL OR NEW."attendance_source" IS NOT NULL)
  EXECUTE FUNCTION "keep_attendance"();

CREATE TRIGGER "bookings_keep_attendance"
  BEFORE UPDATE OF "attended", "came_places", "attendance_source", "places" ON "bookings"
  FOR EACH ROW EXECUTE FUNCTION "keep_attendance"();

-- Not validated against rows there already, in which all of these are empty.
ALTER TABLE "bookings"
  ADD CONSTRAINT "bookings_came_places" CHECK ("came_places" >= 0) NOT VALID,
  ADD CONSTRAINT "bookings_minutes_at_least" CHECK ("minutes_at_least" >= 0 AND "minutes_at_least" % 10 = 0) NOT VALID,
  ADD CONSTRAINT "bookings_attendance_source"
    CHECK ("attendance_source" IN ('ticked', 'joined', 'checked-in', 'report')) NOT VALID;

ALTER TABLE "activities" ADD CONSTRAINT "activities_walk_ins" CHECK ("walk_ins" BETWEEN 0 AND 9999) NOT VALID;
