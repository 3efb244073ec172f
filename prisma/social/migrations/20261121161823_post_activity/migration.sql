-- CreateEnum
CREATE TYPE "activity_kind" AS ENUM ('POST_LIKED', 'POST_UNLIKED', 'COMMENT_ADDED', 'COMMENT_EDITED', 'COMMENT_DELETED');

-- AlterTable
ALTER TABLE "post_stat" ADD COLUMN     "like_seq" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "post_activity" (
    "post_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "kind" "activity_kind" NOT NULL,
    "actor_id" UUID NOT NULL,
    "comment_id" UUID,
    "like_count" INTEGER NOT NULL,
    "comment_count" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "post_activity_pkey" PRIMARY KEY ("post_id","position")
);

-- CreateIndex
CREATE INDEX "post_activity_created_at_idx" ON "post_activity"("created_at");

-- By hand: what must hold whatever the code does.
ALTER TABLE "post_stat" ADD CONSTRAINT "post_stat_like_seq" CHECK ("like_seq" BETWEEN 0 AND "activity_seq");
ALTER TABLE "post_activity" ADD CONSTRAINT "post_activity_position" CHECK ("position" > 0);
ALTER TABLE "post_activity" ADD CONSTRAINT "post_activity_comment" CHECK (("comment_id" IS NULL) = ("kind" IN ('POST_LIKED', 'POST_UNLIKED')));
