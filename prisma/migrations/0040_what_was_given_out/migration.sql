-- What was asked for and given out by month, how the stock came to be what it is, when there is too little of something,
-- and when pages of advice and scenarios last changed: the columns and tables of prisma/schema, then what its language
-- cannot say.

-- AlterTable
ALTER TABLE "resources" ADD COLUMN "warn_below" INTEGER;

-- AlterTable
ALTER TABLE "resource_requests" ADD COLUMN "organisation_kind" TEXT;

-- AlterTable
ALTER TABLE "advice_pages" ADD COLUMN "changed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "scenarios" ADD COLUMN "changed_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "stock_changes" (
    "id" BIGSERIAL NOT NULL,
    "resource_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "staff_member_id" UUID,
    "cause" TEXT NOT NULL,
    "change" INTEGER NOT NULL,
    "stock" INTEGER NOT NULL,
    "reason" TEXT,

    CONSTRAINT "stock_changes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resource_months" (
    "resource_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "organisation_kind" TEXT NOT NULL,
    "asked" INTEGER NOT NULL DEFAULT 0,
    "granted" INTEGER NOT NULL DEFAULT 0,
    "packed" INTEGER NOT NULL DEFAULT 0,
    "given" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "resource_months_pkey" PRIMARY KEY ("resource_id","month","organisation_kind")
);

-- CreateIndex
CREATE INDEX "stock_changes_resource_id_id_idx" ON "stock_changes"("resource_id", "id");

-- AddForeignKey
ALTER TABLE "stock_changes" ADD CONSTRAINT "stock_changes_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "resources"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource_months" ADD CONSTRAINT "resource_months_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "resources"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "resources" ADD CONSTRAINT "resources_warn_below" CHECK ("warn_below" BETWEEN 1 AND 100000);

ALTER TABLE "resource_requests" ADD CONSTRAINT "resource_requests_organisation_kind" CHECK ("organisation_kind" IN (
  'school', 'early-years', 'health', 'council', 'police', 'charity', 'youth', 'faith', 'business', 'other'));

ALTER TABLE "stock_changes"
  ADD CONSTRAINT "stock_changes_cause" CHECK ("cause" IN ('added', 'counted', 'given-out')),
  ADD CONSTRAINT "stock_changes_stock" CHECK ("stock" >= 0);

ALTER TABLE "resource_months"
  ADD CONSTRAINT "resource_months_month" CHECK (extract(day FROM "month") = 1),
  ADD CONSTRAINT "resource_months_counts" CHECK (least("asked", "granted", "packed", "given") >= 0);

-- Requests are deleted after some months, these sums are not. Kept here, so that whatever writes a request counts it:
-- what is asked for in the month of asking, the rest in the month in which it was done.

CREATE FUNCTION "month_of"(at timestamptz) RETURNS date LANGUAGE sql STABLE AS $$
  SELECT date_trunc('month', at AT TIME ZONE 'Europe/London')::date
$$;

CREATE FUNCTION "count_asked"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO resource_months AS m (resource_id, month, organisation_kind, asked)
  SELECT NEW.resource_id, month_of(asked_at), coalesce(organisation_kind, ''), NEW.asked
  FROM resource_requests WHERE id = NEW.request_id
  ON CONFLICT (resource_id, month, organisation_kind) DO UPDATE SET asked = m.asked + EXCLUDED.asked;
  RETURN NULL;
END $$;

CREATE TRIGGER "requested_resources_count_asked" AFTER INSERT ON "requested_resources"
  FOR EACH ROW EXECUTE FUNCTION "count_asked"();

-- What they do not get counts nowhere but as asked for. Rows in the order of their resources, in which they are locked.
CREATE FUNCTION "count_done"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO resource_months AS m (resource_id, month, organisation_kind, granted, packed, given)
  SELECT resource_id, month_of(NEW.changed_at), coalesce(NEW.organisation_kind, ''),
    CASE NEW.status WHEN 'approved' THEN granted ELSE 0 END,
    CASE NEW.status WHEN 'packed' THEN granted ELSE 0 END,
    CASE NEW.status WHEN 'handed-over' THEN granted ELSE 0 END
  FROM requested_resources WHERE request_id = NEW.id AND granted > 0 ORDER BY resource_id
  ON CONFLICT (resource_id, month, organisation_kind) DO UPDATE SET
    granted = m.granted + EXCLUDED.granted, packed = m.packed + EXCLUDED.packed, given = m.given + EXCLUDED.given;
  RETURN NULL;
END $$;

CREATE TRIGGER "resource_requests_count_done" AFTER UPDATE OF "status" ON "resource_requests"
  FOR EACH ROW WHEN (OLD.status <> NEW.status AND NEW.status IN ('approved', 'packed', 'handed-over'))
  EXECUTE FUNCTION "count_done"();

-- Of what came before: the requests that are still there, each where it stands, and what the trail tells of the stock.
-- When each step before the last was done is not known.

INSERT INTO "resource_months" ("resource_id", "month", "organisation_kind", "asked", "granted", "packed", "given")
SELECT resource_id, month, '', sum(asked), sum(granted), sum(packed), sum(given)
FROM (
  SELECT resource_id, month_of(asked_at) AS month, asked, 0 AS granted, 0 AS packed, 0 AS given
  FROM requested_resources JOIN resource_requests r ON r.id = request_id
  UNION ALL
  SELECT resource_id, month_of(changed_at), 0, granted,
    CASE WHEN status IN ('packed', 'handed-over') THEN granted ELSE 0 END,
    CASE WHEN status = 'handed-over' THEN granted ELSE 0 END
  FROM requested_resources JOIN resource_requests r ON r.id = request_id
  WHERE status IN ('approved', 'packed', 'handed-over') AND granted > 0
) AS known
GROUP BY resource_id, month;

INSERT INTO "stock_changes" ("resource_id", "at", "staff_member_id", "cause", "change", "stock", "reason")
SELECT r.id, e.at, e.staff_member_id, 'counted', (e.details -> 'stock' ->> 1)::int - (e.details -> 'stock' ->> 0)::int,
  (e.details -> 'stock' ->> 1)::int, e.details ->> 'reason'
FROM audit_entries e JOIN resources r ON r.name = e.subject
WHERE e.action = 'resource.stock-changed' AND jsonb_array_length(e.details -> 'stock') = 2
ORDER BY e.id;

-- When pages that everyone reads last changed, for search engines: noted for what is read there, and for nothing else.
-- Of changes before this nothing is known. Campaigns have had more to read since 0029.

CREATE TRIGGER "advice_pages_page_made" BEFORE INSERT ON "advice_pages" FOR EACH ROW EXECUTE FUNCTION "note_page_change"();
CREATE TRIGGER "advice_pages_page_changed" BEFORE UPDATE ON "advice_pages" FOR EACH ROW
  WHEN ((OLD.title, OLD.audience, OLD.text, OLD.status) IS DISTINCT FROM (NEW.title, NEW.audience, NEW.text, NEW.status))
  EXECUTE FUNCTION "note_page_change"();
CREATE TRIGGER "scenarios_page_changed" BEFORE UPDATE ON "scenarios" FOR EACH ROW
  WHEN ((OLD.published_title, OLD.published_text) IS DISTINCT FROM (NEW.published_title, NEW.published_text))
  EXECUTE FUNCTION "note_page_change"();

DROP TRIGGER "campaigns_page_changed" ON "campaigns";
CREATE TRIGGER "campaigns_page_changed" BEFORE UPDATE ON "campaigns" FOR EACH ROW
  WHEN ((OLD.title, OLD.strapline, OLD.summary, OLD.area, OLD.kind, OLD.partnership, OLD.hashtags, OLD.accounts,
      OLD.first_day, OLD.last_day, OLD.districts, OLD.privacy_notice, OLD.press_contact, OLD.press_email,
      OLD.press_phone, OLD.press_note)
    IS DISTINCT FROM (NEW.title, NEW.strapline, NEW.summary, NEW.area, NEW.kind, NEW.partnership, NEW.hashtags,
      NEW.accounts, NEW.first_day, NEW.last_day, NEW.districts, NEW.privacy_notice, NEW.press_contact,
      NEW.press_email, NEW.press_phone, NEW.press_note))
  EXECUTE FUNCTION "note_page_change"();

-- What stands on these pages and in tables of its own.

CREATE FUNCTION "note_advice_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE advice_pages SET changed_at = now() WHERE id = coalesce(NEW.advice_page_id, OLD.advice_page_id);
  RETURN NULL;
END $$;

CREATE TRIGGER "advice_links_page_changed" AFTER INSERT OR UPDATE OR DELETE ON "advice_links"
  FOR EACH ROW EXECUTE FUNCTION "note_advice_change"();

CREATE FUNCTION "note_campaign_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE campaigns SET changed_at = now() WHERE id = coalesce(NEW.campaign_id, OLD.campaign_id);
  RETURN NULL;
END $$;

CREATE TRIGGER "key_messages_page_changed" AFTER INSERT OR UPDATE OR DELETE ON "key_messages"
  FOR EACH ROW EXECUTE FUNCTION "note_campaign_change"();
