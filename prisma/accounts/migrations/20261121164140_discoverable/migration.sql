-- AlterTable
ALTER TABLE "users" ADD COLUMN     "is_discoverable" BOOLEAN NOT NULL DEFAULT true;
