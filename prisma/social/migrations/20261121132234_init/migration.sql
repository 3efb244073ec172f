-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "follow" (
    "id" UUID NOT NULL,
    "follower_id" UUID NOT NULL,
    "followee_id" UUID NOT NULL,
    "reposts" BOOLEAN NOT NULL DEFAULT true,
    "languages" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "follow_pkey" PRIMARY KEY ("follower_id","followee_id")
);

-- CreateTable
CREATE TABLE "follow_request" (
    "id" UUID NOT NULL,
    "follower_id" UUID NOT NULL,
    "followee_id" UUID NOT NULL,
    "reposts" BOOLEAN NOT NULL DEFAULT true,
    "languages" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "follow_request_pkey" PRIMARY KEY ("follower_id","followee_id")
);

-- CreateTable
CREATE TABLE "block" (
    "id" UUID NOT NULL,
    "blocker_id" UUID NOT NULL,
    "blocked_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "block_pkey" PRIMARY KEY ("blocker_id","blocked_id")
);

-- CreateTable
CREATE TABLE "mute" (
    "id" UUID NOT NULL,
    "muter_id" UUID NOT NULL,
    "muted_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "mute_pkey" PRIMARY KEY ("muter_id","muted_id")
);

-- CreateTable
CREATE TABLE "user_stat" (
    "user_id" UUID NOT NULL,
    "follower_count" INTEGER NOT NULL DEFAULT 0,
    "following_count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "user_stat_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "relation_epoch" (
    "user_id" UUID NOT NULL,
    "epoch" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "relation_epoch_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "post_stat" (
    "post_id" UUID NOT NULL,
    "like_count" INTEGER NOT NULL DEFAULT 0,
    "comment_count" INTEGER NOT NULL DEFAULT 0,
    "repost_count" INTEGER NOT NULL DEFAULT 0,
    "activity_seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "post_stat_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "post_like" (
    "post_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "post_like_pkey" PRIMARY KEY ("post_id","user_id")
);

-- CreateTable
CREATE TABLE "comment" (
    "id" UUID NOT NULL,
    "post_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "reply_to_id" UUID,
    "parent_id" UUID NOT NULL,
    "text" TEXT NOT NULL,
    "like_count" INTEGER NOT NULL DEFAULT 0,
    "reply_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "edited_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "comment_like" (
    "comment_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "comment_like_pkey" PRIMARY KEY ("comment_id","user_id")
);

-- CreateTable
CREATE TABLE "repost" (
    "id" UUID NOT NULL,
    "post_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "repost_pkey" PRIMARY KEY ("post_id","user_id")
);

-- CreateTable
CREATE TABLE "bookmark_folder" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bookmark_folder_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bookmark" (
    "id" UUID NOT NULL,
    "viewer_id" UUID NOT NULL,
    "post_id" UUID NOT NULL,
    "folder_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "bookmark_pkey" PRIMARY KEY ("viewer_id","post_id")
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

-- CreateTable
CREATE TABLE "idempotency" (
    "viewer_id" UUID NOT NULL,
    "mutation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "result_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_pkey" PRIMARY KEY ("viewer_id","mutation","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "follow_id_key" ON "follow"("id");

-- CreateIndex
CREATE INDEX "follow_follower_id_created_at_id_idx" ON "follow"("follower_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "follow_followee_id_created_at_id_idx" ON "follow"("followee_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "follow_request_id_key" ON "follow_request"("id");

-- CreateIndex
CREATE INDEX "follow_request_followee_id_created_at_id_idx" ON "follow_request"("followee_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "block_id_key" ON "block"("id");

-- CreateIndex
CREATE INDEX "block_blocker_id_created_at_id_idx" ON "block"("blocker_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "mute_id_key" ON "mute"("id");

-- CreateIndex
CREATE INDEX "mute_muter_id_created_at_id_idx" ON "mute"("muter_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "mute_expires_at_idx" ON "mute"("expires_at");

-- CreateIndex
CREATE INDEX "comment_parent_id_created_at_id_idx" ON "comment"("parent_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "comment_parent_id_like_count_created_at_id_idx" ON "comment"("parent_id", "like_count", "created_at", "id");

-- CreateIndex
CREATE INDEX "comment_reply_to_id_idx" ON "comment"("reply_to_id");

-- CreateIndex
CREATE UNIQUE INDEX "repost_id_key" ON "repost"("id");

-- CreateIndex
CREATE UNIQUE INDEX "bookmark_folder_viewer_id_name_key" ON "bookmark_folder"("viewer_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "bookmark_id_key" ON "bookmark"("id");

-- CreateIndex
CREATE INDEX "bookmark_viewer_id_created_at_id_idx" ON "bookmark"("viewer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "bookmark_folder_id_created_at_id_idx" ON "bookmark"("folder_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "inbox"("received_at");

-- CreateIndex
CREATE INDEX "idempotency_created_at_idx" ON "idempotency"("created_at");

-- AddForeignKey
ALTER TABLE "comment" ADD CONSTRAINT "comment_reply_to_id_fkey" FOREIGN KEY ("reply_to_id") REFERENCES "comment"("id") ON DELETE NO ACTION ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "comment_like" ADD CONSTRAINT "comment_like_comment_id_fkey" FOREIGN KEY ("comment_id") REFERENCES "comment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bookmark" ADD CONSTRAINT "bookmark_folder_id_fkey" FOREIGN KEY ("folder_id") REFERENCES "bookmark_folder"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- By hand: what must hold whatever the code does.
ALTER TABLE "follow" ADD CONSTRAINT "follow_not_oneself" CHECK ("follower_id" <> "followee_id");
ALTER TABLE "follow_request" ADD CONSTRAINT "follow_request_not_oneself" CHECK ("follower_id" <> "followee_id");
ALTER TABLE "block" ADD CONSTRAINT "block_not_oneself" CHECK ("blocker_id" <> "blocked_id");
ALTER TABLE "mute" ADD CONSTRAINT "mute_not_oneself" CHECK ("muter_id" <> "muted_id");
ALTER TABLE "user_stat" ADD CONSTRAINT "user_stat_counts" CHECK ("follower_count" >= 0 AND "following_count" >= 0);
ALTER TABLE "post_stat" ADD CONSTRAINT "post_stat_counts" CHECK ("like_count" >= 0 AND "comment_count" >= 0 AND "repost_count" >= 0 AND "activity_seq" >= 0);
ALTER TABLE "comment" ADD CONSTRAINT "comment_counts" CHECK ("like_count" >= 0 AND "reply_count" >= 0);
ALTER TABLE "comment" ADD CONSTRAINT "comment_parent" CHECK ("parent_id" = COALESCE("reply_to_id", "post_id"));
ALTER TABLE "comment" ADD CONSTRAINT "comment_deleted_is_empty" CHECK ("deleted_at" IS NULL OR "text" = '');
