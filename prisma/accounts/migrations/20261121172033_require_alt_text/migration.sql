-- AlterTable
ALTER TABLE "preference" ADD COLUMN     "require_alt_text" BOOLEAN NOT NULL DEFAULT false;
