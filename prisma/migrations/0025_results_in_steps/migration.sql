-- What people thought is shown in steps of several people, so that a page that is loaded twice does not tell what one of
-- them answered. What was answered before this version is shown with the next step, or once answering has closed.

ALTER TABLE "evaluation_counts"
  ADD COLUMN "shown" INTEGER NOT NULL DEFAULT 0,
  ADD CONSTRAINT "evaluation_counts_shown" CHECK ("shown" BETWEEN 0 AND "count");

ALTER TABLE "evaluation_texts" ADD COLUMN "is_shown" BOOLEAN NOT NULL DEFAULT false;
