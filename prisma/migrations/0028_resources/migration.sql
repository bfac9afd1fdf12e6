-- Posters, leaflets and other things that professionals can ask for, and files that anyone can download: the tables of
-- prisma/schema, then what its language cannot say.

-- CreateTable
CREATE TABLE "resources" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "most_per_request" INTEGER NOT NULL,
    "stock" INTEGER NOT NULL DEFAULT 0,
    "promised" INTEGER NOT NULL DEFAULT 0,
    "retired_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "resources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "downloads" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "title" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "media_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "bytes" BYTEA NOT NULL,
    "sha256" TEXT NOT NULL,
    "resource_id" UUID,
    "campaign_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "downloads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resource_requests" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "organisation" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "canonical_email" TEXT NOT NULL,
    "phone" TEXT,
    "getting" TEXT NOT NULL,
    "address" TEXT,
    "needed_by" DATE NOT NULL,
    "campaign_id" UUID,
    "purpose" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "message" TEXT,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,
    "told" TEXT,
    "unreachable_at" TIMESTAMPTZ(3),

    CONSTRAINT "resource_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "requested_resources" (
    "request_id" UUID NOT NULL,
    "resource_id" UUID NOT NULL,
    "asked" INTEGER NOT NULL,
    "granted" INTEGER,
    "promised" INTEGER NOT NULL,

    CONSTRAINT "requested_resources_pkey" PRIMARY KEY ("request_id","resource_id")
);

-- CreateTable
CREATE TABLE "resource_totals" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "resource_id" UUID NOT NULL,
    "campaign_id" UUID,
    "agency_id" UUID,
    "given" INTEGER NOT NULL,

    CONSTRAINT "resource_totals_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "resources_name_key" ON "resources"("name");

-- CreateIndex
CREATE INDEX "downloads_resource_id_idx" ON "downloads"("resource_id");

-- CreateIndex
CREATE INDEX "downloads_campaign_id_idx" ON "downloads"("campaign_id");

-- CreateIndex
CREATE INDEX "resource_requests_canonical_email_idx" ON "resource_requests"("canonical_email");

-- CreateIndex
CREATE INDEX "resource_requests_needed_by_idx" ON "resource_requests"("needed_by");

-- CreateIndex
CREATE INDEX "requested_resources_resource_id_idx" ON "requested_resources"("resource_id");

-- AddForeignKey
ALTER TABLE "downloads" ADD CONSTRAINT "downloads_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "resources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "downloads" ADD CONSTRAINT "downloads_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource_requests" ADD CONSTRAINT "resource_requests_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requested_resources" ADD CONSTRAINT "requested_resources_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "resource_requests"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requested_resources" ADD CONSTRAINT "requested_resources_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "resources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource_totals" ADD CONSTRAINT "resource_totals_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "resources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource_totals" ADD CONSTRAINT "resource_totals_campaign_id_fkey" FOREIGN KEY ("campaign_id") REFERENCES "campaigns"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource_totals" ADD CONSTRAINT "resource_totals_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What is allowed

ALTER TABLE "resources"
  ADD CONSTRAINT "resources_most_per_request" CHECK ("most_per_request" BETWEEN 1 AND 100000),
  -- Nobody is promised what is not on the shelf, however many ask at once.
  ADD CONSTRAINT "resources_promised_are_there" CHECK ("promised" BETWEEN 0 AND "stock");

ALTER TABLE "downloads"
  ADD CONSTRAINT "downloads_media_type" CHECK ("media_type" IN ('application/pdf', 'image/png', 'image/jpeg')),
  ADD CONSTRAINT "downloads_size" CHECK ("size" BETWEEN 1 AND 10485760 AND "size" = octet_length("bytes"));

ALTER TABLE "resource_requests"
  ADD CONSTRAINT "resource_requests_status"
    CHECK ("status" IN ('asked', 'approved', 'packed', 'handed-over', 'refused', 'cancelled')),
  ADD CONSTRAINT "resource_requests_getting"
    CHECK ("getting" IN ('collect', 'deliver') AND ("getting" = 'deliver') = ("address" IS NOT NULL));

ALTER TABLE "requested_resources"
  ADD CONSTRAINT "requested_resources_asked" CHECK ("asked" >= 1),
  ADD CONSTRAINT "requested_resources_granted" CHECK ("granted" BETWEEN 0 AND "asked"),
  ADD CONSTRAINT "requested_resources_promised" CHECK ("promised" BETWEEN 0 AND coalesce("granted", "asked"));

ALTER TABLE "resource_totals" ADD CONSTRAINT "resource_totals_given" CHECK ("given" >= 0);

CREATE UNIQUE INDEX "resource_totals_one_of_each" ON "resource_totals" ("resource_id",
  coalesce("campaign_id", '00000000-0000-0000-0000-000000000000'), coalesce("agency_id", '00000000-0000-0000-0000-000000000000'));

-- What a resource has promised is what its requests are promised. Kept here, so that a request that is deleted gives
-- back what was kept for it, whoever deletes it.

CREATE FUNCTION "keep_promised"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE resources SET promised = promised - OLD.promised WHERE id = OLD.resource_id AND OLD.promised <> 0;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE resources SET promised = promised + NEW.promised WHERE id = NEW.resource_id AND NEW.promised <> 0;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER "requested_resources_keep_promised" AFTER INSERT OR DELETE OR UPDATE OF "promised" ON "requested_resources"
  FOR EACH ROW EXECUTE FUNCTION "keep_promised"();
