-- Hosts, the history of a booking, bookings without an address, second factors: the tables and columns of
-- prisma/schema.prisma, then what its language cannot say.

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "access_answer" TEXT,
ADD COLUMN     "access_answered_at" TIMESTAMPTZ(3),
ADD COLUMN     "question_outcome" TEXT,
ADD COLUMN     "question_settled_at" TIMESTAMPTZ(3),
ADD COLUMN     "question_settled_by_id" UUID,
ALTER COLUMN "email" DROP NOT NULL,
ALTER COLUMN "canonical_email" DROP NOT NULL;

-- AlterTable
ALTER TABLE "staff_members" ADD COLUMN     "factor_sealed" TEXT,
ADD COLUMN     "factor_since" TIMESTAMPTZ(3),
ADD COLUMN     "factor_step" BIGINT;

-- AlterTable
ALTER TABLE "staff_sessions" ADD COLUMN     "awaits_code" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "shown_at" TIMESTAMPTZ(3),
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;
UPDATE "staff_sessions" SET "shown_at" = "created_at";
ALTER TABLE "staff_sessions" ALTER COLUMN "shown_at" SET NOT NULL;

-- CreateTable
CREATE TABLE "activity_hosts" (
    "activity_id" UUID NOT NULL,
    "staff_member_id" UUID NOT NULL,

    CONSTRAINT "activity_hosts_pkey" PRIMARY KEY ("activity_id","staff_member_id")
);

-- CreateTable
CREATE TABLE "booking_events" (
    "id" BIGSERIAL NOT NULL,
    "booking_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "activity_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "places" INTEGER NOT NULL,
    "offers" INTEGER NOT NULL,
    "called" BOOLEAN NOT NULL,
    "reason" TEXT,

    CONSTRAINT "booking_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "activity_hosts_staff_member_id_idx" ON "activity_hosts"("staff_member_id");

-- CreateIndex
CREATE INDEX "booking_events_booking_id_id_idx" ON "booking_events"("booking_id", "id");

-- CreateIndex
CREATE INDEX "bookings_created_at_idx" ON "bookings"("created_at");

-- AddForeignKey
ALTER TABLE "activity_hosts" ADD CONSTRAINT "activity_hosts_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_hosts" ADD CONSTRAINT "activity_hosts_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "booking_events" ADD CONSTRAINT "booking_events_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "bookings"
  ADD CONSTRAINT "bookings_address_as_compared" CHECK (("email" IS NULL) = ("canonical_email" IS NULL)),
  ADD CONSTRAINT "bookings_reachable_somehow" CHECK ("email" IS NOT NULL OR "phone" IS NOT NULL),
  ADD CONSTRAINT "bookings_access_answered" CHECK (("access_answer" IS NULL) = ("access_answered_at" IS NULL)),
  ADD CONSTRAINT "bookings_question_outcome" CHECK ("question_outcome" IN ('answered', 'handed-over')),
  ADD CONSTRAINT "bookings_question_settled" CHECK (
    ("question_outcome" IS NULL) = ("question_settled_at" IS NULL)
    AND ("question_outcome" IS NULL) = ("question_settled_by_id" IS NULL)),
  ADD CONSTRAINT "bookings_question_handed_over_is_gone" CHECK ("question_outcome" <> 'handed-over' OR "question" IS NULL);

ALTER TABLE "staff_members"
  ADD CONSTRAINT "staff_members_factor" CHECK ("factor_since" IS NULL OR "factor_sealed" IS NOT NULL);

ALTER TABLE "staff_sessions"
  ADD CONSTRAINT "staff_sessions_tries" CHECK ("tries" >= 0);

-- The history of bookings: how each stands after a statement that changed what it comes to.

CREATE FUNCTION "keep_history"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called, reason)
    SELECT id, changed_at, activity_id, status, places, offers, called_at IS NOT NULL, coalesce(lapse_reason, cancelled_by)
    FROM new_rows ORDER BY arrival;
  ELSE
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called, reason)
    SELECT later.id, later.changed_at, later.activity_id, later.status, later.places, later.offers,
      later.called_at IS NOT NULL, coalesce(later.lapse_reason, later.cancelled_by)
    FROM new_rows AS later JOIN old_rows AS earlier ON earlier.id = later.id
    WHERE (later.activity_id, later.status, later.places, later.offers, later.called_at IS NOT NULL)
      IS DISTINCT FROM
      (earlier.activity_id, earlier.status, earlier.places, earlier.offers, earlier.called_at IS NOT NULL)
    ORDER BY later.arrival;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "bookings_inserted_history" AFTER INSERT ON "bookings"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "keep_history"();
CREATE TRIGGER "bookings_updated_history" AFTER UPDATE ON "bookings"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "keep_history"();

-- Of what came before there was a history, its last change.
INSERT INTO "booking_events" ("booking_id", "at", "activity_id", "status", "places", "offers", "called", "reason")
SELECT "id", "changed_at", "activity_id", "status", "places", "offers", "called_at" IS NOT NULL, coalesce("lapse_reason", "cancelled_by")
FROM "bookings" ORDER BY "changed_at", "arrival";

-- Finding people by how their name begins, whatever its accents and capitals, and by their address.

CREATE FUNCTION "as_searched"(typed text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT regexp_replace(normalize(lower(typed), NFKD), '[\u0300-\u036f]', '', 'g')
$$;

CREATE INDEX "bookings_by_name" ON "bookings" USING gin (to_tsvector('simple', "as_searched"("name")));
CREATE INDEX "bookings_by_address" ON "bookings" ("canonical_email" text_pattern_ops) WHERE "canonical_email" IS NOT NULL;

-- Access needs that nobody has answered, without reading everybody who ever booked.
CREATE INDEX "bookings_access_unanswered" ON "bookings" ("activity_id")
  WHERE "access_needs" IS NOT NULL AND "access_answer" IS NULL;
