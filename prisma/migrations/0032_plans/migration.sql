-- How far the planning of an activity is: who looks after it, who is there, what it needs. An activity without a row is
-- not planned here yet.
CREATE TABLE "activity_plans" (
  "activity_id" UUID PRIMARY KEY REFERENCES "activities" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  "stage" TEXT NOT NULL DEFAULT 'idea',
  "owner_id" UUID REFERENCES "staff_members" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  "owner_name" TEXT NOT NULL DEFAULT '',
  "owner_email" TEXT NOT NULL DEFAULT '',
  "staffing" TEXT NOT NULL DEFAULT '',
  "materials" TEXT NOT NULL DEFAULT '',
  "risk" TEXT NOT NULL DEFAULT 'not-said',
  "risk_by" TEXT NOT NULL DEFAULT '',
  "risk_on" DATE,
  "notes" TEXT NOT NULL DEFAULT '',
  "copied_from_id" UUID REFERENCES "activities" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "activity_plans_stage" CHECK ("stage" IN ('idea', 'confirmed', 'done')),
  CONSTRAINT "activity_plans_risk" CHECK ("risk" IN ('not-said', 'not-needed', 'needed', 'done')),
  -- One person looks after it: someone who works here, or someone who is named.
  CONSTRAINT "activity_plans_one_owner" CHECK ("owner_id" IS NULL OR ("owner_name" = '' AND "owner_email" = '')),
  -- What is done was done by someone on a day, and what is not was not.
  CONSTRAINT "activity_plans_risk_done"
    CHECK (("risk" = 'done') = ("risk_by" <> '') AND ("risk" = 'done') = ("risk_on" IS NOT NULL))
);

CREATE INDEX "activity_plans_owner_id_idx" ON "activity_plans" ("owner_id");
CREATE INDEX "activity_plans_copied_from_id_idx" ON "activity_plans" ("copied_from_id");
