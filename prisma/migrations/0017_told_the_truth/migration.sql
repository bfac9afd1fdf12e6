-- What the history of a booking needs to be told truly, and who received a question that was handed to safeguarding: the
-- tables and columns of prisma/schema.prisma, then what its language cannot say.

-- AlterTable
ALTER TABLE "booking_events" ADD COLUMN     "details" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "held" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "mode" TEXT;

-- CreateTable
CREATE TABLE "handovers" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "booking_id" UUID NOT NULL,
    "hub" TEXT NOT NULL,
    "received_by" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "reference" TEXT NOT NULL,
    "handed_by_id" UUID NOT NULL,
    "handed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "handovers_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "handovers_booking_id_idx" ON "handovers"("booking_id");

-- AddForeignKey
ALTER TABLE "handovers" ADD CONSTRAINT "handovers_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "handovers"
  ADD CONSTRAINT "handovers_received_before" CHECK ("received_at" <= "handed_at");

ALTER TABLE "booking_events"
  ADD CONSTRAINT "booking_events_mode" CHECK ("mode" IN ('off', 'automatic', 'offers', 'by-hand'));

-- How a list gives places decides who has given one: with each event stands how it did at that moment.

CREATE OR REPLACE FUNCTION "keep_history"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called, reason, mode, held)
    SELECT b.id, b.changed_at, b.activity_id, b.status, b.places, b.offers, b.called_at IS NOT NULL,
      coalesce(b.lapse_reason, b.cancelled_by), a.waiting_list, b.hold_id IS NOT NULL
    FROM new_rows AS b JOIN activities a ON a.id = b.activity_id ORDER BY b.arrival;
  ELSE
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called, reason, mode, held)
    SELECT later.id, later.changed_at, later.activity_id, later.status, later.places, later.offers,
      later.called_at IS NOT NULL, coalesce(later.lapse_reason, later.cancelled_by), a.waiting_list, later.hold_id IS NOT NULL
    FROM new_rows AS later JOIN old_rows AS earlier ON earlier.id = later.id
      JOIN activities a ON a.id = later.activity_id
    WHERE (later.activity_id, later.status, later.places, later.offers, later.called_at IS NOT NULL)
      IS DISTINCT FROM
      (earlier.activity_id, earlier.status, earlier.places, earlier.offers, earlier.called_at IS NOT NULL)
    ORDER BY later.arrival;
  END IF;
  RETURN NULL;
END $$;
