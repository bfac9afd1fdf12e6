-- What someone chose for their lists of attendees, and how the last one went.
CREATE TABLE "last_lists" (
    "staff_member_id" UUID NOT NULL,
    "columns" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "format" TEXT,
    "list_id" UUID NOT NULL,
    "made_at" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "rows_sent" INTEGER,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "last_lists_pkey" PRIMARY KEY ("staff_member_id"),
    CONSTRAINT "last_lists_ended" CHECK (("ended_at" IS NULL) = ("rows_sent" IS NULL))
);

ALTER TABLE "last_lists" ADD CONSTRAINT "last_lists_staff_member_id_fkey"
  FOREIGN KEY ("staff_member_id") REFERENCES "staff_members"("id") ON DELETE CASCADE ON UPDATE CASCADE;
