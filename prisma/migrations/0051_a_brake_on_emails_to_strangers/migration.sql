-- How many addresses that had never had an email from us had their first one in an hour, and how many had to wait.
CREATE TABLE "stranger_hours" (
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "emails" INTEGER NOT NULL,
    "granted" INTEGER NOT NULL,
    "held" INTEGER NOT NULL,

    CONSTRAINT "stranger_hours_pkey" PRIMARY KEY ("hour")
);

-- When such emails began to wait, and when they did not any more.
CREATE TABLE "stranger_alarms" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "stranger_alarms_pkey" PRIMARY KEY ("id")
);

-- One alarm at a time, however many processes notice.
CREATE UNIQUE INDEX "stranger_alarms_one_open" ON "stranger_alarms" (("ended_at" IS NULL)) WHERE "ended_at" IS NULL;
