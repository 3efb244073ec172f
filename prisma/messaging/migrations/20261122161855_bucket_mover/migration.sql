-- CreateTable
CREATE TABLE "bucket_mover" (
    "bucket" SMALLINT NOT NULL,
    "number" BIGINT NOT NULL,

    CONSTRAINT "bucket_mover_pkey" PRIMARY KEY ("bucket")
);
