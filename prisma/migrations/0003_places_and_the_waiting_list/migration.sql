-- Holds, offers, priority groups and other dates: the tables and columns of prisma/schema.prisma, then what
-- its language cannot say.

-- AlterTable
ALTER TABLE "activities" ADD COLUMN     "another_date_at" INTEGER,
ADD COLUMN     "another_date_of_id" UUID,
ADD COLUMN     "offer_hours" INTEGER NOT NULL DEFAULT 24;

-- AlterTable
ALTER TABLE "occupancies" ADD COLUMN     "held" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "called_at" TIMESTAMPTZ(3),
ADD COLUMN     "carried_from" UUID,
ADD COLUMN     "hold_id" UUID,
ADD COLUMN     "lapse_reason" TEXT,
ADD COLUMN     "offers" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "priority" SMALLINT NOT NULL DEFAULT 9;

-- CreateTable
CREATE TABLE "holds" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "agency_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "places" INTEGER NOT NULL,
    "claimed" INTEGER NOT NULL DEFAULT 0,
    "returns_at" TIMESTAMPTZ(3) NOT NULL,
    "returned_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "holds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "priority_groups" (
    "activity_id" UUID NOT NULL,
    "rank" SMALLINT NOT NULL,
    "name" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "priority_groups_pkey" PRIMARY KEY ("activity_id","rank")
);

-- CreateIndex
CREATE UNIQUE INDEX "holds_activity_id_code_key" ON "holds"("activity_id", "code");

-- AddForeignKey
ALTER TABLE "activities" ADD CONSTRAINT "activities_another_date_of_id_fkey" FOREIGN KEY ("another_date_of_id") REFERENCES "activities"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holds" ADD CONSTRAINT "holds_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "holds" ADD CONSTRAINT "holds_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "priority_groups" ADD CONSTRAINT "priority_groups_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_hold_id_fkey" FOREIGN KEY ("hold_id") REFERENCES "holds"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "activities"
  ADD CONSTRAINT "activities_offer_hours" CHECK ("offer_hours" BETWEEN 1 AND 168),
  ADD CONSTRAINT "activities_another_date_at" CHECK ("another_date_at" BETWEEN 1 AND 100000),
  ADD CONSTRAINT "activities_another_date_of" CHECK ("another_date_of_id" <> "id");

ALTER TABLE "occupancies"
  ADD CONSTRAINT "occupancies_held_not_negative" CHECK ("held" >= 0);

ALTER TABLE "bookings"
  ADD CONSTRAINT "bookings_priority" CHECK ("priority" BETWEEN 1 AND 9),
  ADD CONSTRAINT "bookings_lapse_reason" CHECK ("lapse_reason" IN ('unanswered', 'refused', 'closed')),
  ADD CONSTRAINT "bookings_lapsed_for_a_reason" CHECK ("status" <> 'lapsed' OR "lapse_reason" IS NOT NULL),
  ADD CONSTRAINT "bookings_called_while_waiting" CHECK ("called_at" IS NULL OR "status" = 'waiting');

ALTER TABLE "holds"
  ADD CONSTRAINT "holds_places" CHECK ("places" BETWEEN 1 AND 100000),
  -- Once a hold has returned, a booking of it grows like any other.
  ADD CONSTRAINT "holds_claimed" CHECK ("claimed" >= 0 AND ("claimed" <= "places" OR "returned_at" IS NOT NULL)),
  ADD CONSTRAINT "holds_code" CHECK ("code" ~ '^[A-Z0-9]{4,20}$');

ALTER TABLE "priority_groups"
  ADD CONSTRAINT "priority_groups_rank" CHECK ("rank" BETWEEN 1 AND 8);

-- The next in line, without reading everybody who ever booked.
DROP INDEX "bookings_in_line";
CREATE INDEX "bookings_in_line" ON "bookings" ("activity_id", "priority", "arrival") WHERE "status" = 'waiting';

-- Whether anybody who waits would fit, however long the line.
CREATE INDEX "bookings_parties_in_line" ON "bookings" ("activity_id", "places") WHERE "status" = 'waiting';

-- Those of a line who were carried over from another date.
CREATE INDEX "bookings_carried" ON "bookings" ("activity_id") WHERE "status" = 'waiting' AND "carried_from" IS NOT NULL;

-- What one person was carried over to.
CREATE INDEX "bookings_carried_from" ON "bookings" ("carried_from") WHERE "carried_from" IS NOT NULL;

-- Those to whom free places are open, if they are the first to accept.
CREATE INDEX "bookings_called" ON "bookings" ("activity_id", "places") WHERE "called_at" IS NOT NULL;

-- What the sweep looks for.
CREATE INDEX "bookings_offers_ending" ON "bookings" ("offered_until") WHERE "status" = 'offered';
CREATE INDEX "holds_returning" ON "holds" ("returns_at") WHERE "returned_at" IS NULL;

-- Claimed and held places, in the same way as occupancy: what a statement changed in bookings is added to
-- their holds, and what changed in a hold to its activity. Whoever writes either holds the activity's row lock.

CREATE OR REPLACE FUNCTION "keep_occupancy"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT activity_id, hold_id, status, places, 1 AS sign FROM new_rows'
    WHEN 'DELETE' THEN 'SELECT activity_id, hold_id, status, places, -1 AS sign FROM old_rows'
    ELSE 'SELECT activity_id, hold_id, status, places, 1 AS sign FROM new_rows
          UNION ALL SELECT activity_id, hold_id, status, places, -1 FROM old_rows'
  END;
BEGIN
  EXECUTE format($sql$
    SELECT add_to_occupancy(activity_id, confirmed_by, offered_by, waiting_by, people_by)
    FROM (
      SELECT activity_id,
        coalesce(sum(sign * places) FILTER (WHERE status = 'confirmed'), 0) AS confirmed_by,
        coalesce(sum(sign * places) FILTER (WHERE status = 'offered'), 0) AS offered_by,
        coalesce(sum(sign * places) FILTER (WHERE status = 'waiting'), 0) AS waiting_by,
        coalesce(sum(sign) FILTER (WHERE status = 'waiting'), 0) AS people_by
      FROM (%s) AS changes GROUP BY activity_id ORDER BY activity_id
    ) AS sums
    WHERE (confirmed_by, offered_by, waiting_by, people_by) IS DISTINCT FROM (0, 0, 0, 0)
  $sql$, changes);
  EXECUTE format($sql$
    UPDATE holds SET claimed = claimed + claimed_by
    FROM (
      SELECT hold_id, sum(sign * places) AS claimed_by
      FROM (%s) AS changes WHERE hold_id IS NOT NULL AND status = 'confirmed' GROUP BY hold_id
    ) AS sums
    WHERE holds.id = hold_id AND claimed_by <> 0
  $sql$, changes);
  RETURN NULL;
END $$;

CREATE FUNCTION "keep_held"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  held_by integer := 0;
BEGIN
  IF TG_OP <> 'DELETE' AND NEW.returned_at IS NULL THEN held_by := held_by + NEW.places - NEW.claimed; END IF;
  IF TG_OP <> 'INSERT' AND OLD.returned_at IS NULL THEN held_by := held_by - OLD.places + OLD.claimed; END IF;
  IF held_by <> 0 THEN
    UPDATE occupancies SET held = held + held_by WHERE activity_id = coalesce(NEW.activity_id, OLD.activity_id);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "holds_changed" AFTER INSERT OR UPDATE OR DELETE ON "holds"
  FOR EACH ROW EXECUTE FUNCTION "keep_held"();
