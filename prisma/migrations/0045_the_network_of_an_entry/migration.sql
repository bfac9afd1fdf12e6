-- From which network an entry came, until its address is confirmed: one network does not fill the form of a campaign.

-- AlterTable
ALTER TABLE "entries" ADD COLUMN "network" TEXT;
