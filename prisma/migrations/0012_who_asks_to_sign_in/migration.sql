-- Letters to sign in with are counted by who asks: the column of prisma/schema.prisma.

-- AlterTable
ALTER TABLE "sign_in_tokens" ADD COLUMN     "asked_from" INTEGER;

ALTER TABLE "sign_in_tokens"
  ADD CONSTRAINT "sign_in_tokens_asked_from" CHECK ("asked_from" BETWEEN 0 AND 65535);
