-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "item_kind" AS ENUM ('POST', 'REPOST');

-- CreateEnum
CREATE TYPE "audience" AS ENUM ('PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME');

-- CreateEnum
CREATE TYPE "fanout_mode" AS ENUM ('PUSH', 'PULL');

-- CreateEnum
CREATE TYPE "task_kind" AS ENUM ('POST', 'FOLLOW', 'READER', 'ACTOR');

-- CreateTable
CREATE TABLE "followee" (
    "follower_id" UUID NOT NULL,
    "followee_id" UUID NOT NULL,
    "reposts" BOOLEAN NOT NULL,
    "languages" TEXT[],
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "followee_pkey" PRIMARY KEY ("follower_id","followee_id")
);

-- CreateTable
CREATE TABLE "feed_item" (
    "post_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "kind" "item_kind" NOT NULL,
    "author_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "audience" "audience",
    "language" TEXT,
    "is_live" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "feed_item_pkey" PRIMARY KEY ("post_id","actor_id","kind")
);

-- CreateTable
CREATE TABLE "author_mode" (
    "author_id" UUID NOT NULL,
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "mode" "fanout_mode" NOT NULL DEFAULT 'PUSH',

    CONSTRAINT "author_mode_pkey" PRIMARY KEY ("author_id")
);

-- CreateTable
CREATE TABLE "reader" (
    "user_id" UUID NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "built_at" TIMESTAMPTZ(3),
    "horizon_at" TIMESTAMPTZ(3) NOT NULL DEFAULT 'infinity'::timestamp with time zone,
    "horizon_id" UUID NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'::uuid,
    "entry_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "reader_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "timeline_entry" (
    "user_id" UUID NOT NULL,
    "post_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "kind" "item_kind" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "timeline_entry_pkey" PRIMARY KEY ("user_id","post_id")
);

-- CreateTable
CREATE TABLE "refresh_task" (
    "id" BIGSERIAL NOT NULL,
    "kind" "task_kind" NOT NULL,
    "post_id" UUID,
    "actor_id" UUID,
    "user_id" UUID,
    "after_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "refresh_task_pkey" PRIMARY KEY ("id")
);

-- Partitioned by day, so that old days are dropped whole. The relay makes the days; the default partition catches what comes before the first one.
CREATE TABLE "outbox" (
    "seq" BIGSERIAL NOT NULL,
    "id" UUID NOT NULL,
    "lane" SMALLINT NOT NULL,
    "key" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "tx" xid8 NOT NULL DEFAULT pg_current_xact_id(),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("seq", "created_at")
) PARTITION BY RANGE ("created_at");
CREATE TABLE "outbox_default" PARTITION OF "outbox" DEFAULT;
CREATE INDEX "outbox_lane_tx_seq_idx" ON "outbox"("lane", "tx", "seq");

-- CreateTable
CREATE TABLE "outbox_position" (
    "consumer" TEXT NOT NULL,
    "lane" SMALLINT NOT NULL,
    "seen" pg_snapshot NOT NULL DEFAULT '1:1:'::pg_snapshot,
    "upto" pg_snapshot,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "outbox_position_pkey" PRIMARY KEY ("consumer","lane")
);

-- CreateTable
CREATE TABLE "inbox" (
    "event_id" UUID NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("event_id")
);

-- CreateIndex
CREATE INDEX "followee_followee_id_follower_id_idx" ON "followee"("followee_id", "follower_id");

-- CreateIndex
CREATE INDEX "feed_item_actor_id_at_post_id_idx" ON "feed_item"("actor_id", "at" DESC, "post_id" DESC);

-- CreateIndex
CREATE INDEX "author_mode_mode_idx" ON "author_mode"("mode");

-- CreateIndex
CREATE INDEX "timeline_entry_user_id_at_post_id_idx" ON "timeline_entry"("user_id", "at" DESC, "post_id" DESC);

-- CreateIndex
CREATE INDEX "refresh_task_kind_id_idx" ON "refresh_task"("kind", "id");

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "inbox"("received_at");

-- What must hold whatever the code does
ALTER TABLE "followee"
  ADD CONSTRAINT "followee_languages_check" CHECK ("languages" IS NOT NULL AND cardinality("languages") <= 20),
  ADD CONSTRAINT "followee_self_check" CHECK ("follower_id" <> "followee_id" OR NOT "reposts");
ALTER TABLE "feed_item"
  ADD CONSTRAINT "feed_item_author_check" CHECK ("kind" = 'REPOST' OR "actor_id" = "author_id"),
  ADD CONSTRAINT "feed_item_audience_check" CHECK ("audience" IS NOT NULL OR NOT "is_live");
ALTER TABLE "author_mode" ADD CONSTRAINT "author_mode_follower_count_check" CHECK ("follower_count" >= 0);
ALTER TABLE "reader" ADD CONSTRAINT "reader_entry_count_check" CHECK ("entry_count" >= 0);
ALTER TABLE "timeline_entry" SET (autovacuum_vacuum_scale_factor = 0.05);

-- Whether a follow brings an item into the follower's home feed: the one place that says so, inlined wherever it is called.
CREATE FUNCTION "brings"("follow" "followee", "item" "feed_item") RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN "item"."is_live"
  AND ("item"."kind" = 'POST' OR "follow"."reposts")
  AND ("item"."audience" <> 'ONLY_ME' OR "item"."author_id" = "follow"."follower_id")
  AND (cardinality("follow"."languages") = 0 OR "item"."language" IS NULL OR "item"."language" = ANY ("follow"."languages"));
