-- AlterTable
ALTER TABLE "session" ADD COLUMN     "app_id" UUID;

-- CreateTable
CREATE TABLE "oauth_record" (
    "kind" TEXT NOT NULL,
    "id_hash" BYTEA NOT NULL,
    "sealed" BYTEA NOT NULL,
    "grant_id" UUID,
    "uid_hash" BYTEA,
    "expires_at" TIMESTAMPTZ(3),
    "consumed_at" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_record_pkey" PRIMARY KEY ("kind","id_hash")
);

-- CreateIndex
CREATE INDEX "oauth_record_grant_id_idx" ON "oauth_record"("grant_id");

-- CreateIndex
CREATE INDEX "oauth_record_uid_hash_idx" ON "oauth_record"("uid_hash");

-- CreateIndex
CREATE INDEX "oauth_record_expires_at_idx" ON "oauth_record"("expires_at");

-- CreateIndex
CREATE INDEX "session_app_id_idx" ON "session"("app_id");

-- A device's session holds a token; the tokens of an app are in oauth_record.
ALTER TABLE "session" DROP CONSTRAINT "session_holds_a_token";
ALTER TABLE "session" ADD CONSTRAINT "session_holds_a_token" CHECK ((app_id IS NULL) = (cardinality(token_hashes) BETWEEN 1 AND 4));
