-- Co-hosts from other agencies, and the invitations that nobody has accepted yet.

-- AlterTable
ALTER TABLE "staff_members" ADD COLUMN "is_invited" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "activity_co_hosts" (
    "activity_id" UUID NOT NULL,
    "staff_member_id" UUID NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "activity_co_hosts_pkey" PRIMARY KEY ("activity_id","staff_member_id")
);

-- CreateTable
CREATE TABLE "co_host_invitations" (
    "id" UUID NOT NULL,
    "activity_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "agency_id" UUID,
    "agency_name" TEXT NOT NULL DEFAULT '',
    "invited_by" UUID NOT NULL,
    "invited_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "refused_at" TIMESTAMPTZ(3),

    CONSTRAINT "co_host_invitations_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "co_host_invitations_one_agency" CHECK (("agency_id" IS NULL) = ("agency_name" <> '')),
    CONSTRAINT "co_host_invitations_email_in_lower_case" CHECK ("email" = lower("email")),
    CONSTRAINT "co_host_invitations_end" CHECK ("expires_at" > "invited_at")
);

-- CreateIndex
CREATE INDEX "activity_co_hosts_staff_member_id_idx" ON "activity_co_hosts"("staff_member_id");

-- CreateIndex
CREATE INDEX "co_host_invitations_agency_id_idx" ON "co_host_invitations"("agency_id");

-- CreateIndex
CREATE INDEX "co_host_invitations_email_idx" ON "co_host_invitations"("email");

-- CreateIndex
CREATE UNIQUE INDEX "co_host_invitations_activity_id_email_key" ON "co_host_invitations"("activity_id", "email");

-- AddForeignKey
ALTER TABLE "activity_co_hosts" ADD CONSTRAINT "activity_co_hosts_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "activity_co_hosts" ADD CONSTRAINT "activity_co_hosts_staff_member_id_fkey" FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "co_host_invitations" ADD CONSTRAINT "co_host_invitations_activity_id_fkey" FOREIGN KEY ("activity_id") REFERENCES "activities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "co_host_invitations" ADD CONSTRAINT "co_host_invitations_agency_id_fkey" FOREIGN KEY ("agency_id") REFERENCES "agencies"("id") ON DELETE CASCADE ON UPDATE CASCADE;
