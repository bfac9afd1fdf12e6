-- What reports of past years need of people whose details are deleted: of how many places it is known whether they were
-- taken, and how long before the start people booked.
ALTER TABLE "headcounts" ADD COLUMN "recorded_places" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "headcounts" ADD CONSTRAINT "headcounts_recorded_places" CHECK ("recorded_places" >= 0) NOT VALID;

-- One value more: what the version before writes is still allowed.
ALTER TABLE "headcounts" DROP CONSTRAINT "headcounts_dimension";
ALTER TABLE "headcounts" ADD CONSTRAINT "headcounts_dimension"
  CHECK ("dimension" IN ('total', 'district', 'role', 'heard-from', 'lead-time')) NOT VALID;
