-- Signing in by a letter in the browser that asked, by six digits, and by an OpenID provider: the columns of
-- prisma/schema.prisma, then what its language cannot say.

-- AlterTable
ALTER TABLE "staff_members" ADD COLUMN     "issuer" TEXT,
ADD COLUMN     "subject" TEXT;

-- AlterTable
ALTER TABLE "sign_in_tokens" ADD COLUMN     "browser_hash" TEXT,
ADD COLUMN     "code_hash" TEXT,
ADD COLUMN     "tries" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "staff_sessions" ADD COLUMN     "device" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "opened_by" TEXT NOT NULL DEFAULT 'link';

-- CreateIndex
CREATE UNIQUE INDEX "staff_members_issuer_subject_key" ON "staff_members"("issuer", "subject");

-- What is allowed

ALTER TABLE "staff_members"
  ADD CONSTRAINT "staff_members_issuer_with_subject" CHECK (("issuer" IS NULL) = ("subject" IS NULL));

ALTER TABLE "sign_in_tokens"
  ADD CONSTRAINT "sign_in_tokens_tries" CHECK ("tries" >= 0),
  ADD CONSTRAINT "sign_in_tokens_code_is_of_a_browser" CHECK ("code_hash" IS NULL OR "browser_hash" IS NOT NULL);

ALTER TABLE "staff_sessions"
  ADD CONSTRAINT "staff_sessions_opened_by" CHECK ("opened_by" IN ('link', 'code', 'openid'));

-- Whose a browser's question is.
CREATE INDEX "sign_in_tokens_browser" ON "sign_in_tokens" ("browser_hash") WHERE "used_at" IS NULL;
