-- Whoever serves may add to the audit trail and read it, and nothing else. What is due to go is deleted in its owner's
-- name, by this function alone.
CREATE FUNCTION "forget_entries"("before" timestamptz) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  "forgotten" bigint;
BEGIN
  DELETE FROM "audit_entries" "entry" WHERE "entry"."at" < "before"
    AND NOT EXISTS (
      SELECT FROM "legal_holds" "hold"
        LEFT JOIN "activities" "a" ON "a"."id" = "hold"."activity_id"
        LEFT JOIN "bookings" "b" ON "b"."activity_id" = "hold"."activity_id" OR "b"."canonical_email" = "hold"."canonical_email"
        LEFT JOIN "requests" "r" ON "r"."canonical_email" = "hold"."canonical_email"
      WHERE "hold"."lifted_at" IS NULL
        AND "entry"."subject" IN ("hold"."id"::text, "a"."slug", "b"."id"::text, "r"."id"::text));
  GET DIAGNOSTICS "forgotten" = ROW_COUNT;
  RETURN "forgotten";
END $$;

-- A caller's temporary table of the same name must not be taken for ours: it is looked for last.
DO $$ BEGIN
  EXECUTE format('ALTER FUNCTION forget_entries(timestamptz) SET search_path = %I, pg_temp', current_schema());
END $$;

REVOKE EXECUTE ON FUNCTION "forget_entries"(timestamptz) FROM PUBLIC;
