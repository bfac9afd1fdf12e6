-- Branching stories, and how often each of their choices was made.

-- CreateTable
CREATE TABLE "scenarios" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "slug" TEXT NOT NULL,
    "campaign_id" UUID,
    "title" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "published_title" TEXT,
    "published_text" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "scenarios_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "scenario_totals" (
    "scenario_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "choice" SMALLINT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "scenario_totals_pkey" PRIMARY KEY ("scenario_id","step","choice")
);

-- CreateIndex
CREATE UNIQUE INDEX "scenarios_slug_key" ON "scenarios"("slug");

-- CreateIndex
CREATE INDEX "scenarios_campaign_id_idx" ON "scenarios"("campaign_id");

-- AddForeignKey
ALTER TABLE "scenarios" ADD CONSTRAINT "scenarios_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "scenario_totals" ADD CONSTRAINT "scenario_totals_scenario_id_fkey" FOREIGN KEY ("scenario_id") REFERENCES "scenarios"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "scenarios"
  ADD CONSTRAINT "scenarios_published_whole" CHECK (("published_title" IS NULL) = ("published_text" IS NULL));

ALTER TABLE "scenario_totals"
  ADD CONSTRAINT "scenario_totals_choice" CHECK ("choice" BETWEEN 1 AND 6),
  ADD CONSTRAINT "scenario_totals_count" CHECK ("count" >= 0);
