-- CreateEnum
CREATE TYPE "live_kind" AS ENUM ('TOUCH', 'EDIT', 'RESYNC');

-- DropIndex
DROP INDEX "refresh_task_kind_id_idx";

-- AlterTable
ALTER TABLE "author_mode" ADD COLUMN     "number" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "feed_item" ADD COLUMN     "is_direct" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "number" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "followee" ADD COLUMN     "is_direct" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "number" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "refresh_task" ADD COLUMN     "is_direct" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "is_edit" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "number" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "followee_past" (
    "id" BIGSERIAL NOT NULL,
    "follower_id" UUID NOT NULL,
    "followee_id" UUID NOT NULL,
    "reposts" BOOLEAN NOT NULL,
    "languages" TEXT[],
    "number" BIGINT NOT NULL,
    "is_direct" BOOLEAN NOT NULL,
    "until" BIGINT NOT NULL,
    "is_until_direct" BOOLEAN NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "followee_past_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed_item_past" (
    "id" BIGSERIAL NOT NULL,
    "post_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "kind" "item_kind" NOT NULL,
    "author_id" UUID NOT NULL,
    "audience" "audience" NOT NULL,
    "language" TEXT,
    "number" BIGINT NOT NULL,
    "is_direct" BOOLEAN NOT NULL,
    "until" BIGINT NOT NULL,
    "is_until_direct" BOOLEAN NOT NULL,
    "closed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "feed_item_past_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "feed_clock" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "number" BIGINT NOT NULL DEFAULT 1,
    "generation" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "feed_clock_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reader_log" (
    "reader_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "post_id" UUID NOT NULL,
    "kind" "live_kind" NOT NULL,
    "upto" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "reader_log_pkey" PRIMARY KEY ("reader_id","number","post_id")
);

-- CreateTable
CREATE TABLE "actor_log" (
    "actor_id" UUID NOT NULL,
    "number" BIGINT NOT NULL,
    "post_id" UUID NOT NULL,
    "kind" "live_kind" NOT NULL,
    "upto" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "actor_log_pkey" PRIMARY KEY ("actor_id","number","post_id")
);

-- CreateIndex
CREATE INDEX "followee_past_follower_id_followee_id_idx" ON "followee_past"("follower_id", "followee_id");

-- CreateIndex
CREATE INDEX "followee_past_closed_at_idx" ON "followee_past"("closed_at");

-- CreateIndex
CREATE INDEX "feed_item_past_post_id_idx" ON "feed_item_past"("post_id");

-- CreateIndex
CREATE INDEX "feed_item_past_closed_at_idx" ON "feed_item_past"("closed_at");

-- CreateIndex
CREATE INDEX "reader_log_at_idx" ON "reader_log"("at");

-- CreateIndex
CREATE INDEX "actor_log_number_idx" ON "actor_log"("number");

-- CreateIndex
CREATE INDEX "actor_log_at_idx" ON "actor_log"("at");

-- CreateIndex
CREATE INDEX "refresh_task_kind_number_id_idx" ON "refresh_task"("kind", "number", "id");

INSERT INTO "feed_clock" DEFAULT VALUES;

-- What must hold whatever the code does
ALTER TABLE "feed_clock" ADD CONSTRAINT "feed_clock_one_check" CHECK ("id" = 1);
ALTER TABLE "followee_past"
  ADD CONSTRAINT "followee_past_languages_check" CHECK ("languages" IS NOT NULL),
  ADD CONSTRAINT "followee_past_until_check" CHECK ("number" < "until");
ALTER TABLE "feed_item_past" ADD CONSTRAINT "feed_item_past_until_check" CHECK ("number" < "until");

-- What the clock says within this transaction.
CREATE FUNCTION "feed_number"() RETURNS bigint LANGUAGE sql STABLE RETURN (SELECT "number" FROM "feed_clock");

-- The one place that says whether a follow brings an item, now also for what was: inlined wherever it is called.
CREATE FUNCTION "brings"("follower" uuid, "reposts" boolean, "languages" text[], "kind" "item_kind", "author" uuid, "audience" "audience", "language" text)
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ("kind" = 'POST' OR "reposts")
  AND ("audience" <> 'ONLY_ME' OR "author" = "follower")
  AND (cardinality("languages") = 0 OR "language" IS NULL OR "language" = ANY ("languages"));
CREATE OR REPLACE FUNCTION "brings"("follow" "followee", "item" "feed_item") RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN "item"."is_live" AND "brings"(
  "follow"."follower_id", "follow"."reposts", "follow"."languages", "item"."kind", "item"."author_id", "item"."audience", "item"."language"
);

-- Whether an actor is pulled now.
CREATE FUNCTION "feed_pulls"("actor" uuid) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (SELECT FROM "author_mode" AS "mode" WHERE "mode"."author_id" = "actor" AND "mode"."mode" = 'PULL');

-- Up to where all tasks are done. Of no worth unless the clock was read or moved by the same or an earlier statement of the transaction.
CREATE FUNCTION "feed_settled"() RETURNS bigint LANGUAGE sql STABLE
RETURN coalesce(least(
  (SELECT min("task"."number") FROM "refresh_task" AS "task" WHERE "task"."kind" = 'POST'),
  (SELECT min("task"."number") FROM "refresh_task" AS "task" WHERE "task"."kind" = 'FOLLOW')
) - 1, (SELECT "clock"."number" FROM "feed_clock" AS "clock"));

-- Whether a reader knows of what took effect at `number`: who has read the logs up to `position`, where tasks were done up to `upto`.
CREATE FUNCTION "is_told"("number" bigint, "is_direct" boolean, "position" bigint, "upto" bigint) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN "number" <= CASE WHEN "is_direct" THEN "position" ELSE "upto" END;

-- Whether one follows another, as a reader at (position, upto) knows it.
CREATE FUNCTION "follows_at"("follower" uuid, "followee" uuid, "position" bigint, "upto" bigint) RETURNS boolean LANGUAGE sql STABLE
RETURN EXISTS (
  SELECT FROM "followee" AS "follow"
  WHERE "follow"."follower_id" = "follower" AND "follow"."followee_id" = "followee"
    AND "is_told"("follow"."number", "follow"."is_direct", "position", "upto")
) OR EXISTS (
  SELECT FROM "followee_past" AS "past"
  WHERE "past"."follower_id" = "follower" AND "past"."followee_id" = "followee"
    AND "is_told"("past"."number", "past"."is_direct", "position", "upto") AND NOT "is_told"("past"."until", "past"."is_until_direct", "position", "upto")
);

-- What changes leaves what it was behind, whoever changes it; not so where everything is made anew ("plaza.forget").
CREATE FUNCTION "keep_followee_past"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moment bigint := "feed_number"();
  pulls boolean := "feed_pulls"(OLD."followee_id");
BEGIN
  IF OLD."number" < moment AND coalesce(current_setting('plaza.forget', true), '') <> 'on' THEN
    INSERT INTO "followee_past" ("follower_id", "followee_id", "reposts", "languages", "number", "is_direct", "until", "is_until_direct")
    VALUES (OLD."follower_id", OLD."followee_id", OLD."reposts", OLD."languages", OLD."number", OLD."is_direct", moment, pulls);
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW."number" := moment;
  NEW."is_direct" := pulls;
  RETURN NEW;
END $$;
CREATE TRIGGER "followee_changes" BEFORE UPDATE ON "followee" FOR EACH ROW
  WHEN (ROW(OLD."reposts", OLD."languages") IS DISTINCT FROM ROW(NEW."reposts", NEW."languages")) EXECUTE FUNCTION "keep_followee_past"();
CREATE TRIGGER "followee_goes" BEFORE DELETE ON "followee" FOR EACH ROW EXECUTE FUNCTION "keep_followee_past"();

CREATE FUNCTION "keep_feed_item_past"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moment bigint := "feed_number"();
  pulls boolean := "feed_pulls"(OLD."actor_id");
BEGIN
  IF OLD."is_live" AND OLD."number" < moment AND coalesce(current_setting('plaza.forget', true), '') <> 'on' THEN
    INSERT INTO "feed_item_past" ("post_id", "actor_id", "kind", "author_id", "audience", "language", "number", "is_direct", "until", "is_until_direct")
    VALUES (
      OLD."post_id", OLD."actor_id", OLD."kind", OLD."author_id", OLD."audience", OLD."language", OLD."number", OLD."is_direct", moment, pulls
    );
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  NEW."number" := moment;
  NEW."is_direct" := pulls;
  RETURN NEW;
END $$;
CREATE TRIGGER "feed_item_changes" BEFORE UPDATE ON "feed_item" FOR EACH ROW
  WHEN (ROW(OLD."author_id", OLD."audience", OLD."language", OLD."is_live") IS DISTINCT FROM ROW(NEW."author_id", NEW."audience", NEW."language", NEW."is_live"))
  EXECUTE FUNCTION "keep_feed_item_past"();
CREATE TRIGGER "feed_item_goes" BEFORE DELETE ON "feed_item" FOR EACH ROW EXECUTE FUNCTION "keep_feed_item_past"();
