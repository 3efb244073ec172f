-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "handle" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified_at" TIMESTAMPTZ(3),
    "display_name" TEXT NOT NULL,
    "bio" TEXT,
    "avatar_id" UUID,
    "is_locked" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'ACTIVE',
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "user_id" UUID NOT NULL,
    "password_hash" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "profile_field" (
    "user_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "verified_at" TIMESTAMPTZ(3),

    CONSTRAINT "profile_field_pkey" PRIMARY KEY ("user_id","position")
);

-- CreateTable
CREATE TABLE "preference" (
    "user_id" UUID NOT NULL,
    "locale" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "theme" TEXT NOT NULL,
    "default_audience" TEXT NOT NULL,
    "autoplay_video" BOOLEAN NOT NULL,
    "show_sensitive_media" BOOLEAN NOT NULL,

    CONSTRAINT "preference_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "device" TEXT,
    "address_hash" TEXT,
    "token_hashes" BYTEA[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
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
CREATE UNIQUE INDEX "users_handle_key" ON "users"("handle");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE INDEX "session_user_id_created_at_idx" ON "session"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "session_ended_at_idx" ON "session"("ended_at");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "session"("expires_at");

-- CreateIndex
CREATE INDEX "inbox_received_at_idx" ON "inbox"("received_at");

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile_field" ADD CONSTRAINT "profile_field_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "preference" ADD CONSTRAINT "preference_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Invariants
ALTER TABLE "users"
    ADD CONSTRAINT "users_handle_form" CHECK ("handle" ~ '^[a-z0-9_]{3,30}$'),
    ADD CONSTRAINT "users_email_folded" CHECK ("email" = lower("email")),
    ADD CONSTRAINT "users_state_known" CHECK ("state" IN ('ACTIVE', 'DEACTIVATED', 'SUSPENDED', 'ERASED'));
ALTER TABLE "credential"
    ADD CONSTRAINT "credential_tagged" CHECK ("password_hash" ~ '^\$(argon2id|2[aby])\$');
ALTER TABLE "profile_field"
    ADD CONSTRAINT "profile_field_position_bounded" CHECK ("position" BETWEEN 0 AND 3);
ALTER TABLE "preference"
    ADD CONSTRAINT "preference_theme_known" CHECK ("theme" IN ('SYSTEM', 'LIGHT', 'DARK')),
    ADD CONSTRAINT "preference_audience_known" CHECK ("default_audience" IN ('PUBLIC', 'FOLLOWERS', 'MUTUALS', 'ONLY_ME'));
ALTER TABLE "session"
    ALTER COLUMN "token_hashes" SET NOT NULL,
    ADD CONSTRAINT "session_holds_a_token" CHECK (cardinality("token_hashes") BETWEEN 1 AND 4);
