-- Until when someone co-hosts: 7 days after the end of the activity as its organisers last set it. Co-hosts change the
-- end themselves, so it cannot be read from the activity alone.

-- AlterTable
ALTER TABLE "activity_co_hosts" ADD COLUMN "until" TIMESTAMPTZ(3);

UPDATE "activity_co_hosts" AS line SET "until" = activity."ends_at" + interval '168 hours'
FROM "activities" AS activity WHERE activity."id" = line."activity_id";

-- A process of the version before does not give it.
CREATE FUNCTION co_hosting_until() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."until" := coalesce(
    NEW."until", (SELECT "ends_at" + interval '168 hours' FROM "activities" WHERE "id" = NEW."activity_id"));
  RETURN NEW;
END
$$;

CREATE TRIGGER "activity_co_hosts_until" BEFORE INSERT ON "activity_co_hosts"
  FOR EACH ROW EXECUTE FUNCTION co_hosting_until();

ALTER TABLE "activity_co_hosts" ALTER COLUMN "until" SET NOT NULL;
