-- CreateTable
CREATE TABLE "conversation_member" (
    "user_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "last_seq" BIGINT NOT NULL DEFAULT 0,
    "read_seq" BIGINT NOT NULL DEFAULT 0,
    "is_muted" BOOLEAN NOT NULL DEFAULT false,
    "joined_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "conversation_member_pkey" PRIMARY KEY ("user_id","conversation_id")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "actor_id" UUID NOT NULL,
    "subject_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox_log" (
    "user_id" UUID NOT NULL,
    "last_seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "inbox_log_pkey" PRIMARY KEY ("user_id")
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
CREATE INDEX "conversation_member_conversation_id_idx" ON "conversation_member"("conversation_id");

-- CreateIndex
CREATE INDEX "notification_user_id_created_at_id_idx" ON "notification"("user_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "inbox"("received_at");

-- Unread is counted, so this index holds nothing else
CREATE INDEX "notification_unread_idx" ON "notification"("user_id") WHERE "read_at" IS NULL;

-- What must hold whatever the code does
ALTER TABLE "conversation_member" ADD CONSTRAINT "conversation_member_read_seq_check" CHECK ("read_seq" >= 0 AND "read_seq" <= "last_seq");
ALTER TABLE "inbox_log" ADD CONSTRAINT "inbox_log_last_seq_check" CHECK ("last_seq" >= 0);
