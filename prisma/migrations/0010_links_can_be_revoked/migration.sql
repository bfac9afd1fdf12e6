-- Links to a booking that end: the column of prisma/schema.prisma, then what its language cannot say.

-- AlterTable
ALTER TABLE "bookings" ADD COLUMN     "link_version" INTEGER NOT NULL DEFAULT 0;

ALTER TABLE "bookings"
  ADD CONSTRAINT "bookings_link_version" CHECK ("link_version" >= 0);

-- Whoever reads the former address holds the former links. Raised here, so that nothing that changes an address,
-- now or later, can leave them good. Of addresses only as compared: a capital letter makes nobody another person.

CREATE FUNCTION "end_links"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.link_version := greatest(NEW.link_version, OLD.link_version + 1);
  RETURN NEW;
END $$;

CREATE TRIGGER "bookings_end_links" BEFORE UPDATE ON "bookings"
  FOR EACH ROW WHEN (OLD.canonical_email IS DISTINCT FROM NEW.canonical_email) EXECUTE FUNCTION "end_links"();
