-- How many forms were stopped because their hidden field was filled in: numbers, of nobody.
CREATE TABLE "trapped_forms" (
    "day" DATE NOT NULL,
    "forms" INTEGER NOT NULL,

    CONSTRAINT "trapped_forms_pkey" PRIMARY KEY ("day")
);

ALTER TABLE trapped_forms ADD CONSTRAINT trapped_forms_counted CHECK (forms > 0);
