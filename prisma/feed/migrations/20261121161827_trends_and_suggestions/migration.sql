-- CreateEnum
CREATE TYPE "trend_kind" AS ENUM ('HASHTAG', 'POST', 'LINK', 'PRODUCT', 'USER');

-- CreateEnum
CREATE TYPE "reaction_kind" AS ENUM ('LIKE', 'COMMENT');

-- CreateTable
CREATE TABLE "post_reaction" (
    "post_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" "reaction_kind" NOT NULL,
    "source_id" UUID NOT NULL,
    "author_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "post_reaction_pkey" PRIMARY KEY ("post_id","user_id","kind","source_id")
);

-- CreateTable
CREATE TABLE "trend_post" (
    "post_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "is_due" BOOLEAN NOT NULL DEFAULT true,
    "is_sensitive" BOOLEAN NOT NULL DEFAULT true,
    "hashtags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "links" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "product_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "noted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trend_post_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "account_standing" (
    "user_id" UUID NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "is_due" BOOLEAN NOT NULL DEFAULT true,
    "counts" BOOLEAN NOT NULL DEFAULT true,
    "is_discoverable" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "account_standing_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "trend" (
    "kind" "trend_kind" NOT NULL,
    "subject" TEXT NOT NULL,
    "score" DOUBLE PRECISION NOT NULL,
    "observed" INTEGER NOT NULL,
    "expected" INTEGER NOT NULL,
    "peak_score" DOUBLE PRECISION NOT NULL,
    "peak_at" TIMESTAMPTZ(3) NOT NULL,
    "born_at" TIMESTAMPTZ(3),
    "language" TEXT,
    "accounts" UUID[],
    "history" INTEGER[],
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trend_pkey" PRIMARY KEY ("kind","subject")
);

-- CreateTable
CREATE TABLE "query_salt" (
    "day" DATE NOT NULL,
    "salt" BYTEA NOT NULL,

    CONSTRAINT "query_salt_pkey" PRIMARY KEY ("day")
);

-- CreateTable
CREATE TABLE "query_use" (
    "day" DATE NOT NULL,
    "query" BYTEA NOT NULL,
    "searcher" BYTEA NOT NULL,

    CONSTRAINT "query_use_pkey" PRIMARY KEY ("day","query","searcher")
);

-- CreateTable
CREATE TABLE "trending_query" (
    "day" DATE NOT NULL,
    "query" BYTEA NOT NULL,
    "text" TEXT NOT NULL,
    "people" INTEGER NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "trending_query_pkey" PRIMARY KEY ("day","query")
);

-- CreateTable
CREATE TABLE "follow_ask" (
    "follower_id" UUID NOT NULL,
    "followee_id" UUID NOT NULL,

    CONSTRAINT "follow_ask_pkey" PRIMARY KEY ("follower_id","followee_id")
);

-- CreateTable
CREATE TABLE "suggestion_dismissal" (
    "viewer_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "dismissed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suggestion_dismissal_pkey" PRIMARY KEY ("viewer_id","user_id")
);

-- CreateIndex
CREATE INDEX "post_reaction_user_id_at_idx" ON "post_reaction"("user_id", "at" DESC);

-- CreateIndex
CREATE INDEX "post_reaction_at_idx" ON "post_reaction"("at");

-- CreateIndex
CREATE INDEX "trend_post_noted_at_idx" ON "trend_post"("noted_at");

-- CreateIndex
CREATE INDEX "trend_kind_score_subject_idx" ON "trend"("kind", "score" DESC, "subject");

-- CreateIndex
CREATE INDEX "author_mode_follower_count_author_id_idx" ON "author_mode"("follower_count" DESC, "author_id");

-- CreateIndex
CREATE INDEX "feed_item_at_idx" ON "feed_item"("at");

-- CreateIndex
CREATE INDEX "followee_follower_id_since_followee_id_idx" ON "followee"("follower_id", "since" DESC, "followee_id");

-- CreateIndex
CREATE INDEX "followee_since_idx" ON "followee"("since");

-- What must hold whatever the code does
ALTER TABLE "trend_post" ADD CONSTRAINT "trend_post_subjects_check"
  CHECK ("hashtags" IS NOT NULL AND "links" IS NOT NULL AND "product_ids" IS NOT NULL);
ALTER TABLE "trend" ADD CONSTRAINT "trend_numbers_check"
  CHECK ("score" >= 0 AND "observed" >= 0 AND "expected" >= 1 AND "accounts" IS NOT NULL AND "history" IS NOT NULL);
ALTER TABLE "suggestion_dismissal" ADD CONSTRAINT "suggestion_dismissal_self_check" CHECK ("viewer_id" <> "user_id");

-- What is to be asked for: a few rows, looked for every half minute.
CREATE INDEX "trend_post_due_idx" ON "trend_post" ("post_id") WHERE "is_due";
CREATE INDEX "account_standing_due_idx" ON "account_standing" ("user_id") WHERE "is_due";

-- Who took part in what within a time: the one place that says what counts. Of a post only what others than its author do with it; nothing of,
-- by or about accounts that do not count, nothing that is sensitive or not PUBLIC, and of posts only those of the last day.
CREATE FUNCTION "trend_use"("since" timestamptz, "until" timestamptz)
RETURNS TABLE ("kind" "trend_kind", "subject" text, "account_id" uuid, "at" timestamptz, "language" text, "born_at" timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  WITH bystander AS MATERIALIZED (
    SELECT standing.user_id FROM account_standing AS standing WHERE NOT standing.counts
  ), item AS MATERIALIZED (
    SELECT item.post_id, item.actor_id, item.author_id, item.kind, item.at, item.language, post.hashtags, post.links, post.product_ids
    FROM feed_item AS item JOIN trend_post AS post ON post.post_id = item.post_id
    WHERE item.at > trend_use.since AND item.at <= trend_use.until AND item.is_live AND item.audience = 'PUBLIC' AND NOT post.is_sensitive
      AND NOT EXISTS (SELECT FROM bystander WHERE bystander.user_id IN (item.actor_id, item.author_id))
  ), fresh AS (
    SELECT item.post_id, item.author_id, item.language, item.at FROM item
    WHERE item.kind = 'POST' AND item.at > trend_use.until - interval '24 hours'
  )
  SELECT 'HASHTAG'::trend_kind, hashtag, item.actor_id, item.at, item.language, NULL::timestamptz FROM item, unnest(item.hashtags) AS hashtag
  UNION ALL
  SELECT 'LINK'::trend_kind, link, item.actor_id, item.at, item.language, NULL FROM item, unnest(item.links) AS link
  UNION ALL
  SELECT 'PRODUCT'::trend_kind, product_id::text, item.actor_id, item.at, item.language, NULL FROM item, unnest(item.product_ids) AS product_id
  UNION ALL
  SELECT 'POST'::trend_kind, fresh.post_id::text, item.actor_id, item.at, fresh.language, fresh.at
  FROM fresh JOIN item ON item.post_id = fresh.post_id AND item.kind = 'REPOST' AND item.actor_id <> fresh.author_id
  UNION ALL
  SELECT 'POST'::trend_kind, fresh.post_id::text, reaction.user_id, reaction.at, fresh.language, fresh.at
  FROM fresh JOIN post_reaction AS reaction ON reaction.post_id = fresh.post_id AND reaction.user_id <> fresh.author_id
    AND reaction.at > trend_use.since AND reaction.at <= trend_use.until
  WHERE NOT EXISTS (SELECT FROM bystander WHERE bystander.user_id = reaction.user_id)
  UNION ALL
  SELECT 'USER'::trend_kind, follow.followee_id::text, follow.follower_id, follow.since, NULL, NULL FROM followee AS follow
  WHERE follow.since > trend_use.since AND follow.since <= trend_use.until AND follow.follower_id <> follow.followee_id
    AND NOT EXISTS (SELECT FROM bystander WHERE bystander.user_id IN (follow.follower_id, follow.followee_id))
$$;
