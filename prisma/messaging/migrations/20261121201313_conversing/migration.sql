-- AlterTable
ALTER TABLE "conversation_member" ADD COLUMN     "declined_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "member" ADD COLUMN     "is_request" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "was_removed" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "message_revision" (
    "conversation_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "number" SMALLINT NOT NULL,
    "text" TEXT NOT NULL,
    "change" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_revision_pkey" PRIMARY KEY ("conversation_id","seq","number")
);

-- CreateTable
CREATE TABLE "reaction" (
    "conversation_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "user_id" UUID NOT NULL,
    "emoji" TEXT NOT NULL,
    "is_there" BOOLEAN NOT NULL DEFAULT true,
    "change" BIGINT NOT NULL,

    CONSTRAINT "reaction_pkey" PRIMARY KEY ("conversation_id","seq","user_id","emoji")
);

-- CreateTable
CREATE TABLE "join_link" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "code" VARCHAR(100) NOT NULL,
    "needs_approval" BOOLEAN NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "max_uses" INTEGER,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "join_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "join_request" (
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "status" VARCHAR(20) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "join_request_pkey" PRIMARY KEY ("conversation_id","user_id")
);

-- CreateTable
CREATE TABLE "hidden_message" (
    "user_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "seq" BIGINT NOT NULL,

    CONSTRAINT "hidden_message_pkey" PRIMARY KEY ("user_id","conversation_id","seq")
);

-- CreateTable
CREATE TABLE "messaging_preference" (
    "user_id" UUID NOT NULL,
    "read_receipts" BOOLEAN NOT NULL,
    "typing_indicators" BOOLEAN NOT NULL,
    "direct_messages_from" VARCHAR(20) NOT NULL,
    "presence_audience" VARCHAR(20) NOT NULL,

    CONSTRAINT "messaging_preference_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "last_seen" (
    "user_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "last_seen_pkey" PRIMARY KEY ("user_id")
);

-- CreateIndex
CREATE INDEX "message_revision_conversation_id_change_idx" ON "message_revision"("conversation_id", "change");

-- CreateIndex
CREATE INDEX "reaction_conversation_id_change_idx" ON "reaction"("conversation_id", "change");

-- CreateIndex
CREATE UNIQUE INDEX "join_link_conversation_id_code_key" ON "join_link"("conversation_id", "code");

-- CreateIndex
CREATE INDEX "join_request_conversation_id_status_created_at_user_id_idx" ON "join_request"("conversation_id", "status", "created_at", "user_id");
