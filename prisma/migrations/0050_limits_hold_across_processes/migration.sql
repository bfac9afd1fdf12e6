-- How often something was asked for within the time of a limit, for all processes on this database. Nobody misses it
-- after a crash, so it is not logged. `key` is a keyed hash: neither an address nor whom it names can be read from it.
CREATE UNLOGGED TABLE "request_counts" (
    "key" TEXT NOT NULL,
    "requests" INTEGER NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "request_counts_pkey" PRIMARY KEY ("key")
) WITH (fillfactor = 50);
