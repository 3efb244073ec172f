-- CreateTable
CREATE TABLE "mail_token" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "seed" BYTEA NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "mail_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reset_request" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reset_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outgoing_mail" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "subject_id" UUID,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "outcome" TEXT,

    CONSTRAINT "outgoing_mail_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "mail_token_token_hash_key" ON "mail_token"("token_hash");

-- CreateIndex
CREATE INDEX "mail_token_user_id_purpose_idx" ON "mail_token"("user_id", "purpose");

-- CreateIndex
CREATE INDEX "mail_token_expires_at_idx" ON "mail_token"("expires_at");

-- CreateIndex
CREATE INDEX "outgoing_mail_user_id_idx" ON "outgoing_mail"("user_id");

-- AddForeignKey
ALTER TABLE "mail_token" ADD CONSTRAINT "mail_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma's schema cannot say.
ALTER TABLE "mail_token" ADD CONSTRAINT "mail_token_purpose_check" CHECK ("purpose" IN ('VERIFY_EMAIL', 'RESET_PASSWORD', 'CONFIRM_EMAIL', 'UNDO_EMAIL'));
ALTER TABLE "mail_token" ADD CONSTRAINT "mail_token_secret_check" CHECK (octet_length("seed") = 32 AND octet_length("token_hash") = 32);
CREATE INDEX "outgoing_mail_due_idx" ON "outgoing_mail"("due_at", "id") WHERE "ended_at" IS NULL;
CREATE INDEX "outgoing_mail_ended_idx" ON "outgoing_mail"("ended_at") WHERE "ended_at" IS NOT NULL;
ALTER TABLE "outgoing_mail" ADD CONSTRAINT "outgoing_mail_end_check" CHECK (("ended_at" IS NULL) = ("outcome" IS NULL) AND "outcome" IN ('SENT', 'DROPPED', 'GIVEN_UP'));
