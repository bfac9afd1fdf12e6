-- What is hidden waits for nobody: a coordinator of another agency would read it, and publish it. Versions before hide
-- as well. What was entered without an account may be for partners, and waits for a coordinator all the same.
CREATE FUNCTION "end_what_waits"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."visibility" = 'partners' AND EXISTS (SELECT FROM "entries" WHERE "activity_id" = NEW."id") THEN
    RETURN NULL;
  END IF;
  DELETE FROM "approval_requests" WHERE "activity_id" = NEW."id";
  DELETE FROM "proposals" WHERE "activity_id" = NEW."id";
  RETURN NULL;
END $$;

CREATE TRIGGER "activities_end_what_waits" AFTER UPDATE OF "visibility" ON "activities" FOR EACH ROW
  -- Hidden from more people than before.
  WHEN (array_position(ARRAY['operational', 'agency', 'partners', 'public'], NEW."visibility")
    < array_position(ARRAY['operational', 'agency', 'partners', 'public'], OLD."visibility")) EXECUTE FUNCTION "end_what_waits"();

-- Drafts that were hidden while they waited. Changes that wait of what is hidden may be asking to show it again.
DELETE FROM "approval_requests" USING "activities"
WHERE "activities"."id" = "approval_requests"."activity_id" AND "activities"."visibility" IN ('agency', 'operational');
