-- Partnerships and agencies that pass to others from a day on: the tables of prisma/schema, then what its language cannot
-- say.

-- AlterTable
ALTER TABLE "activities" ADD COLUMN "led_as_id" UUID,
ADD COLUMN "partnership" TEXT;

-- CreateTable
CREATE TABLE "successions" (
    "id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "partnership" TEXT NOT NULL DEFAULT '',
    "agency_id" UUID,
    "district" TEXT NOT NULL DEFAULT '',
    "successor" TEXT NOT NULL,
    "planned_by" UUID NOT NULL,
    "planned_at" TIMESTAMPTZ(3) NOT NULL,
    "done_at" TIMESTAMPTZ(3),
    "moved" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "successions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaign_partnerships" (
    "campaign_id" UUID NOT NULL,
    "district" TEXT NOT NULL DEFAULT '',
    "since" DATE NOT NULL,
    "partnership" TEXT,

    CONSTRAINT "campaign_partnerships_pkey" PRIMARY KEY ("campaign_id","district","since")
);

-- CreateIndex
CREATE INDEX "successions_agency_id_idx" ON "successions"("agency_id");

-- CreateIndex
CREATE INDEX "successions_done_at_day_idx" ON "successions"("done_at", "day");

-- AddForeignKey
ALTER TABLE "activities" ADD CONSTRAINT "activities_led_as_id_fkey" FOREIGN KEY ("led_as_id") REFERENCES "agencies"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "successions" ADD CONSTRAINT "successions_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaign_partnerships" ADD CONSTRAINT "campaign_partnerships_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "successions" ADD CONSTRAINT "successions_one_passes" CHECK (("partnership" = '') = ("agency_id" IS NOT NULL)),
  ADD CONSTRAINT "successions_to_someone" CHECK ("successor" <> '');

-- On one day, what is in one district passes to one.
CREATE UNIQUE INDEX "successions_of_a_partnership" ON "successions" ("day", "partnership", "district")
  WHERE "agency_id" IS NULL;
CREATE UNIQUE INDEX "successions_of_an_agency" ON "successions" ("day", "agency_id", "district")
  WHERE "agency_id" IS NOT NULL;

-- Only of the campaign as a whole the campaign itself says it.
ALTER TABLE "campaign_partnerships" ADD CONSTRAINT "campaign_partnerships_districts_say"
  CHECK ("district" = '' OR "partnership" IS NOT NULL);

-- Who runs what begins in a district on a day; null: whoever runs the campaign.
CREATE FUNCTION "partnership_on"("campaign" uuid, "place" text, "on_day" date) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT "p"."partnership" FROM "campaign_partnerships" "p"
  WHERE "p"."campaign_id" = "campaign" AND "p"."district" IN ('', coalesce("place", '')) AND "p"."since" <= "on_day"
  ORDER BY "p"."district" <> '' DESC, "p"."since" DESC LIMIT 1
$$;

-- Wherever an activity is made, moved or copied, it says who runs it on its day.
CREATE FUNCTION "know_partnership"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."partnership" := "partnership_on"(
    NEW."campaign_id", NEW."district", (NEW."starts_at" AT TIME ZONE NEW."zone")::date);
  RETURN NEW;
END $$;

-- Triggers take turns by their names: this one comes before "activities_page_changed".
CREATE TRIGGER "activities_know_partnership"
  BEFORE INSERT OR UPDATE OF "campaign_id", "district", "starts_at", "zone" ON "activities"
  FOR EACH ROW EXECUTE FUNCTION "know_partnership"();

-- Who leads it instead, led it.
CREATE FUNCTION "forget_led_as"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."led_as_id" := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER "activities_forget_led_as" BEFORE UPDATE ON "activities" FOR EACH ROW
  WHEN (OLD."lead_agency_id" IS DISTINCT FROM NEW."lead_agency_id") EXECUTE FUNCTION "forget_led_as"();

-- Its page says who runs it.
DROP TRIGGER "activities_page_changed" ON "activities";
CREATE TRIGGER "activities_page_changed" BEFORE UPDATE ON "activities" FOR EACH ROW
  WHEN ((OLD.title, OLD.summary, OLD.kind, OLD.starts_at, OLD.ends_at, OLD.all_day, OLD.zone, OLD.is_online,
      CASE WHEN OLD.has_secret_place THEN NULL ELSE OLD.venue END, OLD.has_secret_place, OLD.district, OLD.audiences,
      OLD.visibility, OLD.embargo_until, OLD.booking, OLD.booking_opens_at, OLD.booking_closes_at, OLD.status,
      OLD.cancellation_reason, coalesce(OLD.led_as_id, OLD.lead_agency_id), OLD.partnership)
    IS DISTINCT FROM (NEW.title, NEW.summary, NEW.kind, NEW.starts_at, NEW.ends_at, NEW.all_day, NEW.zone,
      NEW.is_online, CASE WHEN NEW.has_secret_place THEN NULL ELSE NEW.venue END, NEW.has_secret_place, NEW.district,
      NEW.audiences, NEW.visibility, NEW.embargo_until, NEW.booking, NEW.booking_opens_at, NEW.booking_closes_at,
      NEW.status, NEW.cancellation_reason, coalesce(NEW.led_as_id, NEW.lead_agency_id), NEW.partnership))
  EXECUTE FUNCTION note_page_change();
