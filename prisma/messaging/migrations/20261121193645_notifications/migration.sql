-- Nothing has ever been written here.
DELETE FROM "notification";

-- DropIndex
DROP INDEX "notification_user_id_created_at_id_idx";

-- AlterTable
ALTER TABLE "notification" DROP COLUMN "actor_id",
ADD COLUMN     "cause_count" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "dismissed_at" TIMESTAMPTZ(3),
ADD COLUMN     "last_at" TIMESTAMPTZ(3) NOT NULL,
ADD COLUMN     "post_id" UUID,
ADD COLUMN     "subject_type" VARCHAR(20) NOT NULL,
ALTER COLUMN "subject_id" SET NOT NULL,
ALTER COLUMN "created_at" DROP DEFAULT;

-- CreateTable
CREATE TABLE "notification_cause" (
    "user_id" UUID NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "subject_id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "actor_id" UUID,
    "subject_type" VARCHAR(20) NOT NULL,
    "post_id" UUID,
    "version" UUID NOT NULL,
    "is_on" BOOLEAN NOT NULL,
    "withheld" VARCHAR(10),
    "is_shown" BOOLEAN NOT NULL DEFAULT false,
    "notification_id" UUID,
    "happened_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notification_cause_pkey" PRIMARY KEY ("user_id","kind","subject_id","source_id")
);

-- CreateTable
CREATE TABLE "notification_post" (
    "post_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "version" UUID NOT NULL,
    "is_gone" BOOLEAN NOT NULL,
    "is_private" BOOLEAN NOT NULL,

    CONSTRAINT "notification_post_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "notification_hush" (
    "user_id" UUID NOT NULL,
    "other_id" UUID NOT NULL,
    "reason" VARCHAR(12) NOT NULL,
    "version" UUID NOT NULL,
    "is_on" BOOLEAN NOT NULL,

    CONSTRAINT "notification_hush_pkey" PRIMARY KEY ("user_id","other_id","reason")
);

-- CreateTable
CREATE TABLE "notification_preference" (
    "user_id" UUID NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "in_app" BOOLEAN NOT NULL,
    "push" BOOLEAN NOT NULL,
    "email" BOOLEAN NOT NULL,
    "sms" BOOLEAN NOT NULL,

    CONSTRAINT "notification_preference_pkey" PRIMARY KEY ("user_id","kind")
);

-- CreateTable
CREATE TABLE "notification_setting" (
    "user_id" UUID NOT NULL,
    "new_accounts" VARCHAR(10) NOT NULL DEFAULT 'ACCEPT',
    "digest" VARCHAR(10) NOT NULL DEFAULT 'DAILY',

    CONSTRAINT "notification_setting_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "notification_request" (
    "user_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "notification_request_pkey" PRIMARY KEY ("user_id","actor_id")
);

-- CreateTable
CREATE TABLE "notification_endpoint" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "channel" VARCHAR(10) NOT NULL,
    "address" VARCHAR(2000) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_delivery" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "channel" VARCHAR(10) NOT NULL,
    "notification_id" UUID NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "notification_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_digest_item" (
    "mail_id" UUID NOT NULL,
    "notification_id" UUID NOT NULL,
    "cause_count" INTEGER NOT NULL,

    CONSTRAINT "notification_digest_item_pkey" PRIMARY KEY ("mail_id","notification_id")
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
CREATE INDEX "notification_cause_notification_id_happened_at_source_id_idx" ON "notification_cause"("notification_id", "happened_at" DESC, "source_id" DESC);

-- CreateIndex
CREATE INDEX "notification_cause_user_id_actor_id_idx" ON "notification_cause"("user_id", "actor_id");

-- CreateIndex
CREATE INDEX "notification_cause_subject_id_kind_idx" ON "notification_cause"("subject_id", "kind");

-- CreateIndex
CREATE INDEX "notification_request_user_id_last_at_actor_id_idx" ON "notification_request"("user_id", "last_at" DESC, "actor_id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "notification_endpoint_address_key" ON "notification_endpoint"("address");

-- CreateIndex
CREATE INDEX "notification_endpoint_user_id_idx" ON "notification_endpoint"("user_id");

-- CreateIndex
CREATE INDEX "notification_delivery_due_at_idx" ON "notification_delivery"("due_at");

-- CreateIndex
CREATE INDEX "notification_delivery_user_id_idx" ON "notification_delivery"("user_id");

-- CreateIndex
CREATE INDEX "outgoing_mail_user_id_idx" ON "outgoing_mail"("user_id");

-- CreateIndex
CREATE INDEX "notification_user_id_last_at_id_idx" ON "notification"("user_id", "last_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "notification_user_id_kind_subject_id_idx" ON "notification"("user_id", "kind", "subject_id");

-- What must hold whatever the code does
ALTER TABLE "notification" ADD CONSTRAINT "notification_cause_count_check" CHECK ("cause_count" >= 0);
ALTER TABLE "notification_cause" ADD CONSTRAINT "notification_cause_shown_check"
    CHECK (NOT "is_shown" OR "notification_id" IS NOT NULL);

-- Unread is counted, and a post that goes looks for what hangs on it: so these hold nothing else
DROP INDEX "notification_unread_idx";
CREATE INDEX "notification_unread_idx" ON "notification"("user_id") WHERE "read_at" IS NULL AND "dismissed_at" IS NULL AND "cause_count" > 0;
CREATE INDEX "notification_unread_post_idx" ON "notification"("post_id") WHERE "read_at" IS NULL AND "dismissed_at" IS NULL AND "cause_count" > 0;

-- What there is for people: the one place that says so, for lists and for counts. What changes with the viewer's relations is looked at when it is read.
CREATE VIEW "notification_listed" AS
SELECT n.* FROM "notification" n
WHERE n."dismissed_at" IS NULL AND n."cause_count" > 0 AND NOT EXISTS (
    SELECT FROM "notification_post" p
    WHERE p."post_id" = n."post_id" AND (p."is_gone" OR (p."is_private" AND p."author_id" <> n."user_id"))
);

-- By hand in the migration that brings outgoing_mail. What is owed stays small, however much was sent.
CREATE INDEX "outgoing_mail_due_idx" ON "outgoing_mail"("due_at", "id") WHERE "ended_at" IS NULL;
CREATE INDEX "outgoing_mail_ended_idx" ON "outgoing_mail"("ended_at") WHERE "ended_at" IS NOT NULL;
ALTER TABLE "outgoing_mail" ADD CONSTRAINT "outgoing_mail_end_check" CHECK (("ended_at" IS NULL) = ("outcome" IS NULL) AND "outcome" IN ('SENT', 'DROPPED', 'GIVEN_UP'));
