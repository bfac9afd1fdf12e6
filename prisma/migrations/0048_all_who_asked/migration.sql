-- Who asked before someone asked once more, so that all of them are told what was decided. It goes with its row.

-- AlterTable
ALTER TABLE "approval_requests" ADD COLUMN "asked_before" UUID[] DEFAULT ARRAY[]::UUID[];

-- AlterTable
ALTER TABLE "proposals" ADD COLUMN "asked_before" UUID[] DEFAULT ARRAY[]::UUID[];
