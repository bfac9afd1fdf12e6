-- Which try claimed a letter last, so that one whose answer was lost with the connection can ask again.
ALTER TABLE "letters" ADD COLUMN "claim" UUID;
