-- The tables of prisma/schema.prisma, then what its language cannot say: the values that are allowed,
-- the unique indexes over some rows only, and the triggers.

-- CreateTable
CREATE TABLE "campaigns" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL DEFAULT 'programme',
    "partnership" TEXT NOT NULL,
    "hashtags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "first_day" DATE,
    "last_day" DATE,
    "discreet" BOOLEAN NOT NULL DEFAULT true,
    "districts" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "privacy_notice" TEXT NOT NULL DEFAULT '',
    "days_until_erasure" INTEGER NOT NULL DEFAULT 30,
    "zone" TEXT NOT NULL DEFAULT 'Europe/London',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "campaigns_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agencies" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "agencies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "activities" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "campaign_id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL DEFAULT '',
    "kind" TEXT NOT NULL,
    "starts_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "all_day" BOOLEAN NOT NULL DEFAULT false,
    "zone" TEXT NOT NULL DEFAULT 'Europe/London',
    "is_online" BOOLEAN NOT NULL DEFAULT false,
    "venue" TEXT,
    "join_url_sealed" TEXT,
    "district" TEXT,
    "audiences" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "visibility" TEXT NOT NULL DEFAULT 'agency',
    "booking" TEXT NOT NULL DEFAULT 'none',
    "capacity" INTEGER,
    "places_per_booking" INTEGER NOT NULL DEFAULT 1,
    "over_booking_percent" INTEGER NOT NULL DEFAULT 0,
    "waiting_list" TEXT NOT NULL DEFAULT 'automatic',
    "booking_opens_at" TIMESTAMPTZ(3),
    "booking_closes_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'draft',
    "cancellation_reason" TEXT,
    "lead_agency_id" UUID,
    "ical_uid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "ical_sequence" INTEGER NOT NULL DEFAULT 0,
    "people_reached" INTEGER,
    "premises_visited" INTEGER,
    "leaflets_given" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "activities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "activity_partners" (
    "activity_id" UUID NOT NULL,
    "agency_id" UUID NOT NULL,

    CONSTRAINT "activity_partners_pkey" PRIMARY KEY ("activity_id","agency_id")
);

-- CreateTable
CREATE TABLE "occupancies" (
    "activity_id" UUID NOT NULL,
    "confirmed" INTEGER NOT NULL DEFAULT 0,
    "offered" INTEGER NOT NULL DEFAULT 0,
    "waiting" INTEGER NOT NULL DEFAULT 0,
    "waiting_bookings" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "occupancies_pkey" PRIMARY KEY ("activity_id")
);

-- CreateTable
CREATE TABLE "bookings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "reference" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "canonical_email" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "district" TEXT,
    "phone" TEXT,
    "access_needs" TEXT,
    "question" TEXT,
    "heard_from" TEXT,
    "places" INTEGER NOT NULL DEFAULT 1,
    "status" TEXT NOT NULL,
    "arrival" BIGSERIAL NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "waited_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "offered_until" TIMESTAMPTZ(3),
    "submission_id" UUID NOT NULL,
    "ical_uid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "ical_sequence" INTEGER NOT NULL DEFAULT 0,
    "ical_organizer" TEXT,
    "attended" BOOLEAN,

    CONSTRAINT "bookings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "letters" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "booking_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL DEFAULT 0,
    "message_id" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'queued',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "claimed_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "letters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staff_members" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "agency_id" UUID,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "staff_members_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_tokens" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "staff_member_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "staff_sessions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "staff_member_id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "staff_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "staff_member_id" UUID,
    "action" TEXT NOT NULL,
    "subject" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "support_contacts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "audience" TEXT NOT NULL DEFAULT 'everyone',
    "number" TEXT,
    "url" TEXT,
    "address" TEXT,
    "hours" TEXT,
    "area" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "last_checked_on" DATE NOT NULL,
    "owner" TEXT NOT NULL,
    "position" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "support_contacts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "campaigns_slug_key" ON "campaigns"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "agencies_slug_key" ON "agencies"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "activities_slug_key" ON "activities"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "activities_ical_uid_key" ON "activities"("ical_uid");

-- CreateIndex
CREATE INDEX "activities_campaign_id_starts_at_idx" ON "activities"("campaign_id", "starts_at");

-- CreateIndex
CREATE INDEX "activities_starts_at_idx" ON "activities"("starts_at");

-- CreateIndex
CREATE UNIQUE INDEX "bookings_reference_key" ON "bookings"("reference");

-- CreateIndex
CREATE UNIQUE INDEX "bookings_ical_uid_key" ON "bookings"("ical_uid");

-- CreateIndex
CREATE INDEX "bookings_activity_id_arrival_idx" ON "bookings"("activity_id", "arrival");

-- CreateIndex
CREATE INDEX "bookings_changed_at_idx" ON "bookings"("changed_at");

-- CreateIndex
CREATE UNIQUE INDEX "bookings_submission_id_activity_id_key" ON "bookings"("submission_id", "activity_id");

-- CreateIndex
CREATE UNIQUE INDEX "letters_message_id_key" ON "letters"("message_id");

-- CreateIndex
CREATE UNIQUE INDEX "letters_booking_id_kind_sequence_key" ON "letters"("booking_id", "kind", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "staff_members_email_key" ON "staff_members"("email");

-- CreateIndex
CREATE UNIQUE INDEX "sign_in_tokens_token_hash_key" ON "sign_in_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "sign_in_tokens_staff_member_id_idx" ON "sign_in_tokens"("staff_member_id");

-- CreateIndex
CREATE UNIQUE INDEX "staff_sessions_token_hash_key" ON "staff_sessions"("token_hash");

-- CreateIndex
CREATE INDEX "staff_sessions_staff_member_id_idx" ON "staff_sessions"("staff_member_id");

-- CreateIndex
CREATE INDEX "audit_entries_at_idx" ON "audit_entries"("at");

-- CreateIndex
CREATE UNIQUE INDEX "support_contacts_name_key" ON "support_contacts"("name");

-- AddForeignKey
ALTER TABLE "activities" ADD CONSTRAINT "activities_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activities" ADD CONSTRAINT "activities_lead_agency_id_fkey" FOREIGN KEY ("lead_agency_id") REFERENCES "agencies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_partners" ADD CONSTRAINT "activity_partners_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_partners" ADD CONSTRAINT "activity_partners_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "occupancies" ADD CONSTRAINT "occupancies_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookings" ADD CONSTRAINT "bookings_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "letters" ADD CONSTRAINT "letters_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff_members" ADD CONSTRAINT "staff_members_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_in_tokens" ADD CONSTRAINT "sign_in_tokens_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff_sessions" ADD CONSTRAINT "staff_sessions_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- What is allowed

ALTER TABLE "campaigns"
  ADD CONSTRAINT "campaigns_slug" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  ADD CONSTRAINT "campaigns_kind" CHECK ("kind" IN ('programme', 'week-of-action')),
  ADD CONSTRAINT "campaigns_days" CHECK ("first_day" <= "last_day"),
  ADD CONSTRAINT "campaigns_days_until_erasure" CHECK ("days_until_erasure" BETWEEN 0 AND 3650);

ALTER TABLE "agencies"
  ADD CONSTRAINT "agencies_slug" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$');

ALTER TABLE "activities"
  ADD CONSTRAINT "activities_slug" CHECK ("slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  ADD CONSTRAINT "activities_kind" CHECK ("kind" IN (
    'awareness-session', 'street-surgery', 'school-session', 'business-engagement', 'training', 'compliance-visit',
    'disruption', 'advertising', 'press', 'social-media', 'online-workshop', 'stall', 'launch', 'other')),
  ADD CONSTRAINT "activities_times" CHECK ("starts_at" < "ends_at"),
  ADD CONSTRAINT "activities_visibility" CHECK ("visibility" IN ('public', 'partners', 'agency', 'operational')),
  -- Police work that a public programme would give away.
  ADD CONSTRAINT "activities_operational_kinds" CHECK (
    "kind" NOT IN ('compliance-visit', 'disruption') OR "visibility" <> 'public'),
  ADD CONSTRAINT "activities_booking" CHECK ("booking" IN ('none', 'drop-in', 'places', 'invitation')),
  ADD CONSTRAINT "activities_capacity" CHECK ("capacity" BETWEEN 1 AND 100000),
  ADD CONSTRAINT "activities_places_have_capacity" CHECK ("booking" <> 'places' OR "capacity" IS NOT NULL),
  ADD CONSTRAINT "activities_places_per_booking" CHECK ("places_per_booking" BETWEEN 1 AND 100),
  ADD CONSTRAINT "activities_over_booking" CHECK ("over_booking_percent" BETWEEN 0 AND 100),
  ADD CONSTRAINT "activities_waiting_list" CHECK ("waiting_list" IN ('off', 'automatic', 'offers', 'by-hand')),
  ADD CONSTRAINT "activities_booking_opens" CHECK ("booking_opens_at" < "booking_closes_at"),
  ADD CONSTRAINT "activities_status" CHECK ("status" IN ('draft', 'published', 'cancelled'));

ALTER TABLE "occupancies"
  ADD CONSTRAINT "occupancies_not_negative" CHECK (
    "confirmed" >= 0 AND "offered" >= 0 AND "waiting" >= 0 AND "waiting_bookings" >= 0);

ALTER TABLE "bookings"
  ADD CONSTRAINT "bookings_role" CHECK ("role" IN ('parent', 'carer', 'professional', 'other')),
  ADD CONSTRAINT "bookings_places" CHECK ("places" BETWEEN 1 AND 100),
  ADD CONSTRAINT "bookings_status" CHECK ("status" IN ('confirmed', 'waiting', 'offered', 'lapsed', 'cancelled')),
  ADD CONSTRAINT "bookings_confirmed_since" CHECK ("status" <> 'confirmed' OR "confirmed_at" IS NOT NULL),
  ADD CONSTRAINT "bookings_waiting_since" CHECK ("status" <> 'waiting' OR "waited_at" IS NOT NULL),
  ADD CONSTRAINT "bookings_offer_ends" CHECK ("status" <> 'offered' OR "offered_until" IS NOT NULL);

ALTER TABLE "letters"
  ADD CONSTRAINT "letters_status" CHECK ("status" IN ('queued', 'sent', 'failed')),
  ADD CONSTRAINT "letters_sent_at" CHECK ("status" <> 'sent' OR "sent_at" IS NOT NULL),
  ADD CONSTRAINT "letters_failure_has_a_reason" CHECK ("status" <> 'failed' OR "last_error" IS NOT NULL);

ALTER TABLE "staff_members"
  ADD CONSTRAINT "staff_members_role" CHECK ("role" IN ('admin', 'organiser', 'staff', 'host'));

-- Somebody must be reachable: a signpost to nowhere is worse than none.
ALTER TABLE "support_contacts"
  ADD CONSTRAINT "support_contacts_reachable" CHECK ("number" IS NOT NULL OR "url" IS NOT NULL OR "address" IS NOT NULL),
  ADD CONSTRAINT "support_contacts_audience" CHECK ("audience" IN ('everyone', 'adults', 'young-people'));

-- Unique over some rows

-- The address comes first: the desk looks addresses up without naming the activity, because the planner,
-- which thinks little of an activity that filled a second ago, would read all of it instead.
CREATE UNIQUE INDEX "bookings_one_live_per_address" ON "bookings" ("canonical_email", "activity_id")
  WHERE "status" IN ('confirmed', 'waiting', 'offered');

-- The next in line, without reading everybody who ever booked.
CREATE INDEX "bookings_in_line" ON "bookings" ("activity_id", "arrival") WHERE "status" = 'waiting';

CREATE INDEX "letters_unsent" ON "letters" ("created_at") WHERE "status" = 'queued';

-- Occupancy: what a statement changed in bookings is added up per activity, once per statement, so
-- that a batch of hundreds costs one update. Whoever writes bookings holds the activity's row lock.

CREATE FUNCTION "open_occupancy"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO occupancies (activity_id) VALUES (NEW.id);
  RETURN NULL;
END $$;

CREATE TRIGGER "activities_open_occupancy" AFTER INSERT ON "activities"
  FOR EACH ROW EXECUTE FUNCTION "open_occupancy"();

CREATE FUNCTION "add_to_occupancy"(activity uuid, confirmed_by bigint, offered_by bigint, waiting_by bigint, people_by bigint)
RETURNS void LANGUAGE sql AS $$
  UPDATE occupancies
  SET confirmed = confirmed + confirmed_by, offered = offered + offered_by,
      waiting = waiting + waiting_by, waiting_bookings = waiting_bookings + people_by
  WHERE activity_id = activity
$$;

CREATE FUNCTION "keep_occupancy"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changes text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT activity_id, status, places, 1 AS sign FROM new_rows'
    WHEN 'DELETE' THEN 'SELECT activity_id, status, places, -1 AS sign FROM old_rows'
    ELSE 'SELECT activity_id, status, places, 1 AS sign FROM new_rows
          UNION ALL SELECT activity_id, status, places, -1 FROM old_rows'
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
  RETURN NULL;
END $$;

CREATE TRIGGER "bookings_inserted" AFTER INSERT ON "bookings"
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "keep_occupancy"();
CREATE TRIGGER "bookings_updated" AFTER UPDATE ON "bookings"
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION "keep_occupancy"();
CREATE TRIGGER "bookings_deleted" AFTER DELETE ON "bookings"
  REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION "keep_occupancy"();

-- The audit trail is append only, for everybody.

CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'The audit trail is append only.';
END $$;

CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
