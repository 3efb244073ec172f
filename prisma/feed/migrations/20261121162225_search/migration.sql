-- A trusted extension: whoever may create objects in the database may add it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateEnum
CREATE TYPE "search_kind" AS ENUM ('POST', 'USER', 'HASHTAG', 'PRODUCT');

-- CreateEnum
CREATE TYPE "search_state" AS ENUM ('LIVE', 'BUILDING');

-- CreateEnum
CREATE TYPE "search_task_kind" AS ENUM ('POST', 'USER', 'HASHTAG', 'POST_WEIGHT', 'USER_WEIGHT');

-- CreateTable
CREATE TABLE "search_generation" (
    "id" SERIAL NOT NULL,
    "state" "search_state" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "search_generation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_document" (
    "generation" INTEGER NOT NULL,
    "kind" "search_kind" NOT NULL,
    "id" TEXT NOT NULL,
    "version" BIGINT NOT NULL,
    "is_gone" BOOLEAN NOT NULL,
    "author_id" UUID,
    "is_public" BOOLEAN NOT NULL,
    "language" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "traits" TEXT[],
    "weight" SMALLINT NOT NULL DEFAULT 0,
    "names" TEXT[],
    "label" TEXT,
    "body" tsvector,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "search_document_pkey" PRIMARY KEY ("generation","kind","id")
);

-- CreateTable
CREATE TABLE "search_name" (
    "generation" INTEGER NOT NULL,
    "kind" "search_kind" NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "search_name_pkey" PRIMARY KEY ("generation","kind","id","name")
);

-- CreateTable
CREATE TABLE "search_task" (
    "kind" "search_task_kind" NOT NULL,
    "subject" TEXT NOT NULL,
    "version" BIGSERIAL NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "search_task_pkey" PRIMARY KEY ("kind","subject")
);

-- CreateTable
CREATE TABLE "tagged_post" (
    "post_id" UUID NOT NULL,
    "version" BIGINT NOT NULL,
    "names" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "tagged_post_pkey" PRIMARY KEY ("post_id")
);

-- CreateTable
CREATE TABLE "hashtag" (
    "name" TEXT NOT NULL,
    "post_count" INTEGER NOT NULL,

    CONSTRAINT "hashtag_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "search_generation_state_key" ON "search_generation"("state");

-- CreateIndex
CREATE INDEX "search_document_body_idx" ON "search_document" USING GIN ("body");

-- CreateIndex
CREATE INDEX "search_document_generation_author_id_created_at_id_idx" ON "search_document"("generation", "author_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "search_document_generation_kind_created_at_id_idx" ON "search_document"("generation", "kind", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "search_name_prefix_idx" ON "search_name" USING SPGIST ("name");

-- CreateIndex
CREATE INDEX "search_name_trgm_idx" ON "search_name" USING GIN ("name" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "search_task_version_idx" ON "search_task"("version");

-- CreateIndex
CREATE INDEX "tagged_post_names_idx" ON "tagged_post" USING GIN ("names");

-- What must hold whatever the code does
ALTER TABLE "search_document"
  ADD CONSTRAINT "search_document_gone_check" CHECK (NOT "is_gone" OR ("body" IS NULL AND "label" IS NULL AND coalesce(cardinality("names"), 0) = 0)),
  ADD CONSTRAINT "search_document_there_check" CHECK ("is_gone" OR "body" IS NOT NULL),
  ADD CONSTRAINT "search_document_weight_check" CHECK ("weight" BETWEEN 0 AND 20);
ALTER TABLE "hashtag" ADD CONSTRAINT "hashtag_post_count_check" CHECK ("post_count" >= 0);

-- A new weight finds room beside the old row: no index is touched. What was just written is merged into the big index before it slows queries.
ALTER TABLE "search_document" SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
ALTER INDEX "search_document_body_idx" SET (gin_pending_list_limit = 512);

INSERT INTO "search_generation" ("state") VALUES ('LIVE');
