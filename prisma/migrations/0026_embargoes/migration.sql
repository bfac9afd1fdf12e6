-- Until when a public activity is kept from the public. Versions before know of no embargo and set none.
ALTER TABLE "activities" ADD COLUMN "embargo_until" TIMESTAMPTZ(3);
