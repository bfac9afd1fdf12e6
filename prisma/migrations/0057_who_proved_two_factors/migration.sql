-- Whether the provider said that it asked whoever signed in for two factors; of sessions of the version before nobody
-- knows, so they count as none.
ALTER TABLE "staff_sessions" ADD COLUMN "has_two_factors" BOOLEAN NOT NULL DEFAULT false;
