-- A message can be for people who were chosen one by one: the ids of their bookings, which lead nowhere once these are
-- erased. The version before cannot show such a message, and sends it to nobody.

ALTER TABLE "bulletins" ADD COLUMN "booking_ids" UUID[] DEFAULT ARRAY[]::UUID[];

ALTER TABLE "bulletins" DROP CONSTRAINT "bulletins_audience";
ALTER TABLE "bulletins"
  ADD CONSTRAINT "bulletins_audience" CHECK ("audience" IN ('confirmed', 'waiting', 'everyone', 'chosen')),
  ADD CONSTRAINT "bulletins_chosen" CHECK (("audience" = 'chosen') = (coalesce(cardinality("booking_ids"), 0) > 0));
