-- A disruption or compliance visit stays one whatever kind it is called later: another kind would let it become public
-- before it is over and without a second person.

-- AlterTable
ALTER TABLE "activities" ADD COLUMN "was_police_work" BOOLEAN NOT NULL DEFAULT false;

UPDATE "activities" SET "was_police_work" = true
WHERE ("kind" IN ('compliance-visit', 'disruption') AND ("status" <> 'draft' OR "visibility" = 'operational'))
  OR EXISTS (SELECT FROM "releases" WHERE "activity_id" = "activities"."id");

-- What is allowed

-- Here and not in the service, so that it holds beside an older version too. A draft that was never operational may have
-- had the wrong kind by a slip. Another date is the same work.
CREATE FUNCTION "remember_police_work"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."was_police_work" := NEW."was_police_work"
    OR (NEW."kind" IN ('compliance-visit', 'disruption') AND (NEW."status" <> 'draft' OR NEW."visibility" = 'operational'));
  IF TG_OP = 'UPDATE' THEN
    NEW."was_police_work" := NEW."was_police_work" OR OLD."was_police_work";
  ELSIF NEW."another_date_of_id" IS NOT NULL THEN
    NEW."was_police_work" := NEW."was_police_work"
      OR (SELECT "was_police_work" FROM "activities" WHERE "id" = NEW."another_date_of_id");
  END IF;
  RETURN NEW;
END $$;

-- Triggers take turns by their names: this one comes before "activities_only_released_is_public".
CREATE TRIGGER "activities_keep_police_work" BEFORE INSERT OR UPDATE ON "activities"
  FOR EACH ROW EXECUTE FUNCTION "remember_police_work"();

CREATE OR REPLACE FUNCTION "only_released_is_public"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW."was_police_work" OR NEW."kind" IN ('compliance-visit', 'disruption')) AND NEW."visibility" = 'public' AND
    NOT EXISTS (SELECT FROM "releases" WHERE "activity_id" = NEW."id" AND "agreed_at" >= NEW."ends_at")
  THEN
    RAISE check_violation USING
      MESSAGE = 'A disruption or compliance visit is public only when it is over and two people have agreed.',
      CONSTRAINT = 'activities_operational_kinds';
  END IF;
  RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER "activities_only_released_is_public"
  BEFORE INSERT OR UPDATE OF "kind", "visibility", "ends_at", "status", "was_police_work" ON "activities"
  FOR EACH ROW EXECUTE FUNCTION "only_released_is_public"();

CREATE OR REPLACE FUNCTION "public_stays_released"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."agreed_at" IS NOT NULL AND EXISTS (
    SELECT FROM "activities" WHERE "id" = OLD."activity_id" AND "visibility" = 'public' AND
      ("was_police_work" OR "kind" IN ('compliance-visit', 'disruption'))
  ) THEN
    RAISE check_violation USING
      MESSAGE = 'What two people have agreed to is public still.', CONSTRAINT = 'activities_operational_kinds';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
