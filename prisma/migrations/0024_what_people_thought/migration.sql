-- What people thought of an activity, asked so that no answer leads to a person, and certificates of attendance: the
-- tables of prisma/schema, then what its language cannot say.

-- CreateTable
CREATE TABLE "questionnaires" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "campaign_id" UUID,
    "activity_id" UUID,
    "questions" JSONB NOT NULL,
    "asks_later" BOOLEAN NOT NULL DEFAULT false,
    "is_answered" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "questionnaires_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evaluation_counts" (
    "activity_id" UUID NOT NULL,
    "occasion" TEXT NOT NULL,
    "question" SMALLINT NOT NULL,
    "value" SMALLINT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,
    "shown" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "evaluation_counts_pkey" PRIMARY KEY ("activity_id","occasion","question","value")
);

-- CreateTable
CREATE TABLE "evaluation_texts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "occasion" TEXT NOT NULL,
    "question" SMALLINT NOT NULL,
    "text" TEXT NOT NULL,
    "is_shown" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "evaluation_texts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evaluation_marks" (
    "mark" UUID NOT NULL,
    "activity_id" UUID NOT NULL,

    CONSTRAINT "evaluation_marks_pkey" PRIMARY KEY ("mark")
);

-- CreateTable
CREATE TABLE "later_contacts" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "activity_id" UUID NOT NULL,
    "mark" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "canonical_email" TEXT NOT NULL,
    "send_on" DATE NOT NULL,
    "erase_on" DATE NOT NULL,
    "announced_at" TIMESTAMPTZ(3),

    CONSTRAINT "later_contacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "certificates" (
    "code_hash" TEXT NOT NULL,
    "activity_id" UUID NOT NULL,
    "booking_id" UUID,
    "name_mark" TEXT NOT NULL,
    "issued_on" DATE NOT NULL,
    "is_revoked" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "certificates_pkey" PRIMARY KEY ("code_hash")
);

-- CreateIndex
CREATE UNIQUE INDEX "questionnaires_campaign_id_key" ON "questionnaires"("campaign_id");

-- CreateIndex
CREATE UNIQUE INDEX "questionnaires_activity_id_key" ON "questionnaires"("activity_id");

-- CreateIndex
CREATE INDEX "evaluation_texts_activity_id_idx" ON "evaluation_texts"("activity_id");

-- CreateIndex
CREATE INDEX "evaluation_marks_activity_id_idx" ON "evaluation_marks"("activity_id");

-- CreateIndex
CREATE UNIQUE INDEX "later_contacts_mark_key" ON "later_contacts"("mark");

-- CreateIndex
CREATE INDEX "later_contacts_activity_id_idx" ON "later_contacts"("activity_id");

-- CreateIndex
CREATE INDEX "later_contacts_canonical_email_idx" ON "later_contacts"("canonical_email");

-- CreateIndex
CREATE INDEX "later_contacts_send_on_idx" ON "later_contacts"("send_on");

-- CreateIndex
CREATE UNIQUE INDEX "certificates_booking_id_key" ON "certificates"("booking_id");

-- CreateIndex
CREATE INDEX "certificates_activity_id_idx" ON "certificates"("activity_id");

-- AddForeignKey
ALTER TABLE "questionnaires" ADD CONSTRAINT "questionnaires_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "questionnaires" ADD CONSTRAINT "questionnaires_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evaluation_counts" ADD CONSTRAINT "evaluation_counts_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evaluation_texts" ADD CONSTRAINT "evaluation_texts_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evaluation_marks" ADD CONSTRAINT "evaluation_marks_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "later_contacts" ADD CONSTRAINT "later_contacts_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "certificates" ADD CONSTRAINT "certificates_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "certificates" ADD CONSTRAINT "certificates_booking_id_fkey" FOREIGN KEY ("booking_id") REFERENCES "bookings"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "questionnaires"
  ADD CONSTRAINT "questionnaires_of_one" CHECK (num_nonnulls("campaign_id", "activity_id") = 1),
  ADD CONSTRAINT "questionnaires_at_most_five"
    CHECK (jsonb_typeof("questions") = 'array' AND jsonb_array_length("questions") <= 5);

ALTER TABLE "evaluation_counts"
  ADD CONSTRAINT "evaluation_counts_occasion" CHECK ("occasion" IN ('before', 'after', 'later')),
  ADD CONSTRAINT "evaluation_counts_question" CHECK ("question" BETWEEN 0 AND 5),
  ADD CONSTRAINT "evaluation_counts_count" CHECK ("count" >= 0),
  -- Shown in steps of several people, so that a page that is loaded twice does not tell what one of them answered.
  ADD CONSTRAINT "evaluation_counts_shown" CHECK ("shown" BETWEEN 0 AND "count");

ALTER TABLE "evaluation_texts"
  ADD CONSTRAINT "evaluation_texts_occasion" CHECK ("occasion" IN ('before', 'after', 'later')),
  ADD CONSTRAINT "evaluation_texts_question" CHECK ("question" BETWEEN 1 AND 5);

ALTER TABLE "later_contacts"
  ADD CONSTRAINT "later_contacts_are_erased" CHECK ("erase_on" > "send_on");

-- A certificate holds as long as its booking says that they came. What a correction changes is changed here, so that no
-- code can forget to; once the booking is erased, the last word stands.

CREATE FUNCTION "keep_certificates"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE certificates SET is_revoked = NOT (NEW.attended IS TRUE AND NEW.status = 'confirmed')
  WHERE booking_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER "bookings_keep_certificates" AFTER UPDATE OF "attended", "status" ON "bookings"
  FOR EACH ROW WHEN ((OLD.attended, OLD.status) IS DISTINCT FROM (NEW.attended, NEW.status))
  EXECUTE FUNCTION "keep_certificates"();
