-- What people without an account enter in a campaign, and the form by which they do: the tables of prisma/schema, then
-- what its language cannot say.

-- CreateTable
CREATE TABLE "entry_forms" (
    "campaign_id" UUID NOT NULL,
    "is_on" BOOLEAN NOT NULL DEFAULT false,
    "is_listed" BOOLEAN NOT NULL DEFAULT false,
    "opens_on" DATE,
    "closes_on" DATE,
    "introduction" TEXT NOT NULL DEFAULT '',
    "kinds" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "first_day" DATE,
    "last_day" DATE,
    "audiences" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "district" TEXT,
    "visibility" TEXT NOT NULL DEFAULT 'public',
    "hashtags" TEXT NOT NULL DEFAULT '',
    "questions" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "entry_forms_pkey" PRIMARY KEY ("campaign_id")
);

-- CreateTable
CREATE TABLE "entries" (
    "id" UUID NOT NULL,
    "campaign_id" UUID NOT NULL,
    "activity_id" UUID,
    "title" TEXT NOT NULL,
    "organisation" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "canonical_email" TEXT NOT NULL,
    "entered" JSONB,
    "answers" JSONB NOT NULL DEFAULT '[]',
    "ends_on" DATE NOT NULL,
    "is_kept_for_again" BOOLEAN NOT NULL DEFAULT false,
    "again_of_id" UUID,
    "link_version" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "reason" TEXT NOT NULL DEFAULT '',
    "ended_at" TIMESTAMPTZ(3),
    "cancelling_asked_at" TIMESTAMPTZ(3),
    "told" TEXT,
    "emails" INTEGER NOT NULL DEFAULT 0,
    "unreachable_at" TIMESTAMPTZ(3),
    "invited_to_id" UUID,

    CONSTRAINT "entries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "entries_activity_id_key" ON "entries"("activity_id");

-- CreateIndex
CREATE INDEX "entries_campaign_id_received_at_idx" ON "entries"("campaign_id", "received_at");

-- CreateIndex
CREATE INDEX "entries_canonical_email_idx" ON "entries"("canonical_email");

-- CreateIndex
CREATE INDEX "entries_invited_to_id_idx" ON "entries"("invited_to_id");

-- CreateIndex
CREATE INDEX "entries_again_of_id_idx" ON "entries"("again_of_id");

-- AddForeignKey
ALTER TABLE "entry_forms" ADD CONSTRAINT "entry_forms_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entries" ADD CONSTRAINT "entries_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entries" ADD CONSTRAINT "entries_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entries" ADD CONSTRAINT "entries_invited_to_id_fkey" FOREIGN KEY ("invited_to_id") REFERENCES "campaigns"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "entries" ADD CONSTRAINT "entries_again_of_id_fkey" FOREIGN KEY ("again_of_id") REFERENCES "entries"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- Strangers never enter police work, nor what needs a Teams meeting of ours.
ALTER TABLE "entry_forms"
  ADD CONSTRAINT "entry_forms_kinds" CHECK (NOT "kinds" && ARRAY['compliance-visit', 'disruption', 'online-workshop']),
  ADD CONSTRAINT "entry_forms_visibility" CHECK ("visibility" IN ('public', 'partners')),
  ADD CONSTRAINT "entry_forms_open_in_order" CHECK ("opens_on" <= "closes_on"),
  ADD CONSTRAINT "entry_forms_days_in_order" CHECK ("first_day" <= "last_day"),
  ADD CONSTRAINT "entry_forms_questions" CHECK (jsonb_array_length("questions") <= 5);

-- Until its address is confirmed an entry is no activity, and what was entered is kept no longer than that.
ALTER TABLE "entries"
  ADD CONSTRAINT "entries_confirmed" CHECK (
    ("confirmed_at" IS NULL AND "entered" IS NOT NULL AND "activity_id" IS NULL)
    OR ("confirmed_at" IS NOT NULL AND "entered" IS NULL)),
  ADD CONSTRAINT "entries_outcome" CHECK ("outcome" IN ('withdrawn', 'refused')),
  ADD CONSTRAINT "entries_ended" CHECK (("outcome" IS NULL) = ("ended_at" IS NULL));
