-- Places asked for with addresses that have a booking already. What the public reads of how full an activity is counts
-- them as taken: else whoever asks with somebody's address, and reads that nothing has changed, knows of their booking.

-- AlterTable
ALTER TABLE "occupancies" ADD COLUMN "asked_again" INTEGER NOT NULL DEFAULT 0;

-- The activity's row is locked, as for a booking. They stay counted when the booking goes: that must not show either.
CREATE FUNCTION "count_asked_again"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "occupancies" AS o SET "asked_again" = o."asked_again" + asked."places"
  FROM (
    SELECT b."activity_id", sum(n."places") AS "places"
    FROM new_rows AS n JOIN "bookings" AS b ON b."id" = n."booking_id"
    GROUP BY b."activity_id"
  ) AS asked
  WHERE o."activity_id" = asked."activity_id";
  RETURN NULL;
END $$;
CREATE TRIGGER "asked_again" AFTER INSERT ON "repeated_requests"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "count_asked_again"();
