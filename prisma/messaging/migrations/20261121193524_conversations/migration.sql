-- AlterTable
ALTER TABLE "conversation_member" ADD COLUMN     "is_request" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "last_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "left_at" TIMESTAMPTZ(3),
ADD COLUMN     "pinned_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "conversation" (
    "id" UUID NOT NULL,
    "bucket" SMALLINT NOT NULL,
    "kind" VARCHAR(20) NOT NULL,
    "title" VARCHAR(100),
    "last_seq" BIGINT NOT NULL DEFAULT 0,
    "last_change" BIGINT NOT NULL DEFAULT 0,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conversation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "member" (
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" VARCHAR(20) NOT NULL DEFAULT 'MEMBER',
    "since_seq" BIGINT NOT NULL DEFAULT 0,
    "left_seq" BIGINT,
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "member_pkey" PRIMARY KEY ("conversation_id","user_id")
);

-- CreateTable
CREATE TABLE "message" (
    "conversation_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "id" UUID NOT NULL,
    "sender_id" UUID NOT NULL,
    "client_message_id" VARCHAR(100) NOT NULL,
    "fingerprint" VARCHAR(64) NOT NULL,
    "text" TEXT,
    "reply_to_seq" BIGINT,
    "shared_kind" VARCHAR(20),
    "shared_id" UUID,
    "media_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "change" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "edited_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "message_pkey" PRIMARY KEY ("conversation_id","seq")
);

-- CreateTable
CREATE TABLE "conversation_change" (
    "conversation_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "thing_id" UUID,
    "actor_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conversation_change_pkey" PRIMARY KEY ("conversation_id","position")
);

-- CreateTable
CREATE TABLE "bucket_gone" (
    "bucket" SMALLINT NOT NULL,
    "shard" SMALLINT NOT NULL,
    "generation" INTEGER NOT NULL,

    CONSTRAINT "bucket_gone_pkey" PRIMARY KEY ("bucket")
);

-- CreateTable
CREATE TABLE "shard_bucket" (
    "bucket" SMALLINT NOT NULL,
    "shard" SMALLINT NOT NULL,
    "generation" INTEGER NOT NULL,

    CONSTRAINT "shard_bucket_pkey" PRIMARY KEY ("bucket")
);

-- CreateTable
CREATE TABLE "delivery" (
    "conversation_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,

    CONSTRAINT "delivery_pkey" PRIMARY KEY ("conversation_id")
);

-- CreateTable
CREATE TABLE "uncounted_message" (
    "user_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "uncounted_message_pkey" PRIMARY KEY ("user_id","conversation_id","seq")
);

-- CreateTable
CREATE TABLE "inbox_entry" (
    "user_id" UUID NOT NULL,
    "position" BIGINT NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "conversation_id" UUID,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "until_seq" BIGINT,
    "thing_id" UUID,
    "actor_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "inbox_entry_pkey" PRIMARY KEY ("user_id","position")
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
CREATE INDEX "conversation_bucket_idx" ON "conversation"("bucket");

-- CreateIndex
CREATE UNIQUE INDEX "message_id_key" ON "message"("id");

-- CreateIndex
CREATE INDEX "message_conversation_id_change_idx" ON "message"("conversation_id", "change");

-- CreateIndex
CREATE UNIQUE INDEX "message_conversation_id_sender_id_client_message_id_key" ON "message"("conversation_id", "sender_id", "client_message_id");

-- CreateIndex
CREATE INDEX "conversation_change_created_at_idx" ON "conversation_change"("created_at");

-- CreateIndex
CREATE INDEX "inbox_entry_created_at_idx" ON "inbox_entry"("created_at");

-- CreateIndex
CREATE INDEX "idempotency_created_at_idx" ON "idempotency"("created_at");

-- CreateIndex
CREATE INDEX "conversation_member_user_id_last_at_conversation_id_idx" ON "conversation_member"("user_id", "last_at" DESC, "conversation_id" DESC);

-- What must hold whatever the code does
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_bucket_check" CHECK ("bucket" BETWEEN 0 AND 1023);
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_kind_check" CHECK ("kind" IN ('DIRECT', 'GROUP'));
ALTER TABLE "conversation" ADD CONSTRAINT "conversation_last_check" CHECK ("last_seq" >= 0 AND "last_change" >= "last_seq");
ALTER TABLE "member" ADD CONSTRAINT "member_seq_check" CHECK ("since_seq" >= 0 AND ("left_seq" IS NULL OR "left_seq" >= "since_seq"));
ALTER TABLE "message" ADD CONSTRAINT "message_seq_check" CHECK ("seq" > 0 AND "reply_to_seq" < "seq");
ALTER TABLE "message" ADD CONSTRAINT "message_shared_check" CHECK (("shared_kind" IS NULL) = ("shared_id" IS NULL));
ALTER TABLE "message" ADD CONSTRAINT "message_deleted_check" CHECK ("deleted_at" IS NULL OR "text" IS NULL);
ALTER TABLE "inbox_entry" ADD CONSTRAINT "inbox_entry_position_check" CHECK ("position" > 0 AND ("until_seq" IS NULL OR "until_seq" > "seq"));
