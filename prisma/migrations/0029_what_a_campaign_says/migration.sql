-- What a campaign says to the public: strapline, area, accounts, press contact, key messages and pages of advice. The
-- tables of prisma/schema, then what its language cannot say.

-- AlterTable
ALTER TABLE "campaigns" ADD COLUMN     "accounts" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "area" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "press_contact" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "press_email" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "press_note" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "press_phone" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "strapline" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "key_messages" (
    "campaign_id" UUID NOT NULL,
    "audience" TEXT NOT NULL,
    "position" SMALLINT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "key_messages_pkey" PRIMARY KEY ("campaign_id","audience","position")
);

-- CreateTable
CREATE TABLE "advice_pages" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "campaign_id" UUID,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "position" SMALLINT NOT NULL DEFAULT 0,

    CONSTRAINT "advice_pages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "advice_links" (
    "advice_page_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "title" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "about" TEXT NOT NULL,

    CONSTRAINT "advice_links_pkey" PRIMARY KEY ("advice_page_id","position")
);

-- AddForeignKey
ALTER TABLE "key_messages" ADD CONSTRAINT "key_messages_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "advice_pages" ADD CONSTRAINT "advice_pages_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "advice_links" ADD CONSTRAINT "advice_links_advice_page_id_fkey" FOREIGN KEY ("advice_page_id") REFERENCES "advice_pages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "key_messages"
  ADD CONSTRAINT "key_messages_audience" CHECK (
    "audience" IN ('everyone', 'parents', 'young-people', 'professionals', 'businesses')),
  ADD CONSTRAINT "key_messages_text" CHECK ("text" <> '');

ALTER TABLE "advice_pages"
  ADD CONSTRAINT "advice_pages_audience" CHECK (
    "audience" IN ('everyone', 'parents', 'young-people', 'professionals', 'businesses')),
  ADD CONSTRAINT "advice_pages_status" CHECK ("status" IN ('draft', 'published'));

-- Only https: browsers open nothing else safely, and a link must not run a script.
ALTER TABLE "advice_links"
  ADD CONSTRAINT "advice_links_url" CHECK ("url" LIKE 'https://%'),
  ADD CONSTRAINT "advice_links_title" CHECK ("title" <> '');

-- One address, one page: those of a campaign are beneath it, those of none are beside each other.
CREATE UNIQUE INDEX "advice_pages_of_a_campaign" ON "advice_pages" ("campaign_id", "slug") WHERE "campaign_id" IS NOT NULL;
CREATE UNIQUE INDEX "advice_pages_of_all" ON "advice_pages" ("slug") WHERE "campaign_id" IS NULL;
