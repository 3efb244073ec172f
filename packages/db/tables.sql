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
