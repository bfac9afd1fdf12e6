-- Which emails of no booking a worker has in hand, and which were handed over: those of a booking are rows of "letters".
-- The version before sends its own without looking here, as it did.
CREATE TABLE "standalone_emails" (
  "id" UUID PRIMARY KEY,
  "claimed_until" TIMESTAMPTZ(3) NOT NULL,
  "sent_at" TIMESTAMPTZ(3)
);
CREATE INDEX "standalone_emails_claimed_until" ON "standalone_emails" ("claimed_until");
