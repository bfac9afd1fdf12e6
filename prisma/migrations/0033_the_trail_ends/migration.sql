-- The audit trail is still append only, but for what is older than two years: that is deleted.
DROP TRIGGER "audit_entries_append_only" ON "audit_entries";

CREATE TRIGGER "audit_entries_append_only" BEFORE UPDATE OR TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

CREATE FUNCTION "refuse_early_deletion"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A day early may pass: the service counts months by its own clock.
  IF OLD.at > now() - INTERVAL '24 months' + INTERVAL '1 day' THEN
    RAISE EXCEPTION 'The audit trail is append only.';
  END IF;
  RETURN OLD;
END $$;

CREATE TRIGGER "audit_entries_kept_for_two_years" BEFORE DELETE ON "audit_entries"
  FOR EACH ROW EXECUTE FUNCTION "refuse_early_deletion"();
