-- Programme files that someone reads before they are imported: the table of prisma/schema, then what its language cannot
-- say.

-- CreateTable
CREATE TABLE "programme_uploads" (
    "id" UUID NOT NULL,
    "staff_member_id" UUID NOT NULL,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL,
    "rows_sealed" TEXT,
    "imported_at" TIMESTAMPTZ(3),
    "created" INTEGER,
    "updated" INTEGER,
    "unchanged" INTEGER,

    CONSTRAINT "programme_uploads_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "programme_uploads_staff_member_id_idx" ON "programme_uploads"("staff_member_id");

-- CreateIndex
CREATE INDEX "programme_uploads_uploaded_at_idx" ON "programme_uploads"("uploaded_at");

-- AddForeignKey
ALTER TABLE "programme_uploads" ADD CONSTRAINT "programme_uploads_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Once it is imported only what that came to is left.
ALTER TABLE "programme_uploads"
  ADD CONSTRAINT "programme_uploads_imported" CHECK (
    ("imported_at" IS NULL AND "rows_sealed" IS NOT NULL AND num_nonnulls("created", "updated", "unchanged") = 0)
    OR ("imported_at" IS NOT NULL AND "rows_sealed" IS NULL AND num_nonnulls("created", "updated", "unchanged") = 3));
