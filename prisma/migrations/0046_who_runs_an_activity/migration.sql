-- Who runs an activity that was entered without an account: everyone reads it with the activity.

-- AlterTable
ALTER TABLE "activities" ADD COLUMN "run_by" TEXT;
