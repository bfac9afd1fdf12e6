-- Forgetting: the day on which a person's details go, legal holds, and what is left afterwards, which names nobody:
-- the tables and columns of prisma/schema.prisma, then what its language cannot say.

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "erase_on" DATE NOT NULL DEFAULT 'infinity'::date;

-- CreateTable
CREATE TABLE "legal_holds" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID,
    "canonical_email" TEXT,
    "reason" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "review_on" DATE NOT NULL,
    "set_by_id" UUID NOT NULL,
    "set_at" TIMESTAMPTZ(3) NOT NULL,
    "lifted_at" TIMESTAMPTZ(3),
    "lifted_by_id" UUID,

    CONSTRAINT "legal_holds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "headcounts" (
    "activity_id" UUID NOT NULL,
    "dimension" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "booked" INTEGER NOT NULL,
    "places" INTEGER NOT NULL,
    "waited" INTEGER NOT NULL,
    "cancelled" INTEGER NOT NULL,
    "lapsed" INTEGER NOT NULL,
    "came" INTEGER NOT NULL,
    "did_not_come" INTEGER NOT NULL,

    CONSTRAINT "headcounts_pkey" PRIMARY KEY ("activity_id","dimension","value")
);

-- CreateTable
CREATE TABLE "forgotten_bookings" (
    "booking_id" UUID NOT NULL,
    "forgotten_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "forgotten_bookings_pkey" PRIMARY KEY ("booking_id")
);

-- CreateIndex
CREATE INDEX "bookings_erase_on_idx" ON "bookings"("erase_on");

-- AddForeignKey
ALTER TABLE "legal_holds" ADD CONSTRAINT "legal_holds_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "headcounts" ADD CONSTRAINT "headcounts_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The day on which details go. The same rule in TypeScript, for who has not booked yet: activities/erasure.ts.

-- The last day of an activity where it is. An end is exclusive: what lasts all day ends at a midnight.
CREATE FUNCTION "last_day_of"("ends_at" timestamptz, "zone" text) RETURNS date LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT ((ends_at - interval '1 millisecond') AT TIME ZONE zone)::date
$$;

-- With 0 days the details go in the night after: on the day itself those who run it still need them.
CREATE FUNCTION "erasure_day"("last_day" date, "days" integer) RETURNS date LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT last_day + greatest(days, 1)
$$;

UPDATE "bookings" SET "erase_on" = "erasure_day"("last_day_of"(activities."ends_at", activities."zone"), campaigns."days_until_erasure")
FROM "activities" JOIN "campaigns" ON campaigns."id" = activities."campaign_id"
WHERE activities."id" = bookings."activity_id";

-- 'infinity' stands for a day that the trigger below works out, also for a process that knows of none.
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_erase_on_a_day" CHECK (isfinite("erase_on"));

-- What somebody is promised who books an activity now.
CREATE FUNCTION "promised_erasure"("activity" uuid) RETURNS date LANGUAGE sql STABLE STRICT AS $$
  SELECT erasure_day(last_day_of(ends_at, activities.zone), days_until_erasure)
  FROM activities JOIN campaigns ON campaigns.id = campaign_id WHERE activities.id = activity
$$;

CREATE FUNCTION "promise_erasure"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.erase_on := promised_erasure(NEW.activity_id);
  RETURN NEW;
END $$;

CREATE TRIGGER "bookings_promise" BEFORE INSERT ON "bookings"
  FOR EACH ROW WHEN (isfinite(NEW."erase_on") IS NOT TRUE) EXECUTE FUNCTION "promise_erasure"();

-- A booking that moves follows the activity to which it moves, for no more days than it was promised.
CREATE FUNCTION "keep_promise_on_moving"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  promised integer := OLD.erase_on - (SELECT last_day_of(ends_at, zone) FROM activities WHERE id = OLD.activity_id);
BEGIN
  NEW.erase_on := (
    SELECT erasure_day(last_day_of(ends_at, activities.zone), least(days_until_erasure, promised))
    FROM activities JOIN campaigns ON campaigns.id = campaign_id WHERE activities.id = NEW.activity_id);
  RETURN NEW;
END $$;

CREATE TRIGGER "bookings_moved_promise" BEFORE UPDATE OF "activity_id" ON "bookings"
  FOR EACH ROW WHEN (NEW."activity_id" <> OLD."activity_id") EXECUTE FUNCTION "keep_promise_on_moving"();

-- A turn that is restored keeps the day that it had; but where the activity has moved beyond that day meanwhile, of
-- which its holder was not told, they are told of a new one.
CREATE FUNCTION "keep_promise_on_return"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.erase_on := (
    SELECT CASE WHEN OLD.erase_on > last_day_of(ends_at, zone)
      THEN least(OLD.erase_on, promised_erasure(id)) ELSE promised_erasure(id) END
    FROM activities WHERE id = NEW.activity_id);
  RETURN NEW;
END $$;

CREATE TRIGGER "bookings_returned_promise" BEFORE UPDATE OF "status" ON "bookings"
  FOR EACH ROW WHEN (
    OLD."status" IN ('lapsed', 'cancelled') AND NEW."status" NOT IN ('lapsed', 'cancelled') AND NEW."activity_id" = OLD."activity_id")
  EXECUTE FUNCTION "keep_promise_on_return"();

-- An activity that moves takes along the day of those who come or wait, because they are told of it. Whoever does not
-- is told of nothing: their day only ever comes sooner.
CREATE FUNCTION "move_promises"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  later_by integer := last_day_of(NEW.ends_at, NEW.zone) - last_day_of(OLD.ends_at, OLD.zone);
BEGIN
  UPDATE bookings SET erase_on = erase_on + later_by
  WHERE activity_id = NEW.id AND (later_by < 0 OR status IN ('confirmed', 'waiting', 'offered'));
  RETURN NULL;
END $$;

CREATE TRIGGER "activities_moved_promises" AFTER UPDATE OF "ends_at", "zone" ON "activities"
  FOR EACH ROW WHEN ("last_day_of"(NEW."ends_at", NEW."zone") <> "last_day_of"(OLD."ends_at", OLD."zone"))
  EXECUTE FUNCTION "move_promises"();

-- Fewer days are for everybody, more only for who books from then on: a promise is never made longer. The rows of the
-- activities are locked, so that nobody who is booking at this moment is left with the days of before.
CREATE FUNCTION "shorten_promises"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM FROM activities WHERE campaign_id = NEW.id ORDER BY id FOR UPDATE;
  UPDATE bookings SET erase_on = erasure_day(last_day_of(ends_at, zone), NEW.days_until_erasure)
  FROM activities
  WHERE campaign_id = NEW.id AND activities.id = activity_id
    AND erase_on > erasure_day(last_day_of(ends_at, zone), NEW.days_until_erasure);
  RETURN NULL;
END $$;

CREATE TRIGGER "campaigns_shortened_promises" AFTER UPDATE OF "days_until_erasure" ON "campaigns"
  FOR EACH ROW WHEN (NEW."days_until_erasure" < OLD."days_until_erasure") EXECUTE FUNCTION "shorten_promises"();

-- What is allowed

-- A hold is of one activity or of one address, which goes when the hold is lifted.
ALTER TABLE "legal_holds"
  ADD CONSTRAINT "legal_holds_of_one" CHECK (
    CASE WHEN "lifted_at" IS NULL THEN num_nonnulls("activity_id", "canonical_email") = 1 ELSE "canonical_email" IS NULL END),
  ADD CONSTRAINT "legal_holds_lifted_by" CHECK (("lifted_at" IS NULL) = ("lifted_by_id" IS NULL));

ALTER TABLE "headcounts"
  ADD CONSTRAINT "headcounts_dimension" CHECK ("dimension" IN ('total', 'district', 'role', 'heard-from')),
  ADD CONSTRAINT "headcounts_not_negative" CHECK (
    least("booked", "places", "waited", "cancelled", "lapsed", "came", "did_not_come") >= 0);

-- Which holds stand, however many were lifted.
CREATE INDEX "legal_holds_on_activities" ON "legal_holds" ("activity_id") WHERE "lifted_at" IS NULL;
CREATE INDEX "legal_holds_on_people" ON "legal_holds" ("canonical_email") WHERE "lifted_at" IS NULL;
