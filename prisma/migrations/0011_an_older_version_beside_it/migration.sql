-- A process of the version before 0007 may still run beside this one and knows no "shown_at": whom it signs in
-- has shown who they are when their session began.

CREATE FUNCTION "begin_shown"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW."shown_at" := coalesce(NEW."shown_at", NEW."created_at");
  RETURN NEW;
END $$;

CREATE TRIGGER "staff_sessions_begin_shown" BEFORE INSERT ON "staff_sessions"
  FOR EACH ROW EXECUTE FUNCTION "begin_shown"();
