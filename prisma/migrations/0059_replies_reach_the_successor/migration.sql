-- Who is written to from the day on which a partnership passes to another; and that admins were told of the day.

-- AlterTable
ALTER TABLE "successions" ADD COLUMN "press_contact" TEXT NOT NULL DEFAULT '',
ADD COLUMN "press_email" TEXT NOT NULL DEFAULT '',
ADD COLUMN "press_phone" TEXT NOT NULL DEFAULT '',
ADD COLUMN "reply_to" TEXT NOT NULL DEFAULT '',
ADD COLUMN "told_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "reply_addresses" (
    "partnership" TEXT NOT NULL,
    "address" TEXT NOT NULL,

    CONSTRAINT "reply_addresses_pkey" PRIMARY KEY ("partnership")
);

-- An agency sends no emails of its own, and a press contact is a whole campaign's.
ALTER TABLE "successions" ADD CONSTRAINT "successions_replies_of_a_partnership"
  CHECK ("agency_id" IS NULL OR "reply_to" = ''),
  ADD CONSTRAINT "successions_press_of_a_whole_campaign"
  CHECK (("agency_id" IS NULL AND "district" = '') OR ("press_contact" = '' AND "press_email" = '' AND "press_phone" = ''));

ALTER TABLE "reply_addresses" ADD CONSTRAINT "reply_addresses_lead_somewhere"
  CHECK ("partnership" <> '' AND "address" <> '');
