-- AlterTable
ALTER TABLE "media" ADD COLUMN     "byte_size" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "duration_ms" INTEGER,
ADD COLUMN     "failure_code" TEXT,
ADD COLUMN     "focal_x" REAL,
ADD COLUMN     "focal_y" REAL,
ADD COLUMN     "has_avif" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "hls" TEXT,
ADD COLUMN     "is_held" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "progress" SMALLINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "media_job" (
    "media_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "attempts" SMALLINT NOT NULL DEFAULT 0,
    "claimed_until" TIMESTAMPTZ(3),
    "claim" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "media_job_pkey" PRIMARY KEY ("media_id","kind")
);

-- CreateIndex
CREATE INDEX "media_job_kind_created_at_idx" ON "media_job"("kind", "created_at");

-- CreateIndex
CREATE INDEX "media_status_changed_at_idx" ON "media"("status", "changed_at");

-- AddForeignKey
ALTER TABLE "media_job" ADD CONSTRAINT "media_job_media_id_fkey" FOREIGN KEY ("media_id") REFERENCES "media"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What can be the case
ALTER TABLE "media" DROP CONSTRAINT "media_status_check",
  ADD CONSTRAINT "media_status_check" CHECK ("status" IN ('UPLOADING', 'QUEUED', 'PROCESSING', 'READY', 'FAILED')),
  ADD CONSTRAINT "media_progress" CHECK (progress BETWEEN 0 AND 100),
  ADD CONSTRAINT "media_failed_has_code" CHECK ((status = 'FAILED') = (failure_code IS NOT NULL)),
  ADD CONSTRAINT "media_focal_point" CHECK ((focal_x IS NULL) = (focal_y IS NULL) AND focal_x BETWEEN 0 AND 1 AND focal_y BETWEEN 0 AND 1),
  ADD CONSTRAINT "media_byte_size" CHECK (byte_size >= 0);
ALTER TABLE "media_job" ADD CONSTRAINT "media_job_kind_check" CHECK ("kind" IN ('PHOTO', 'AVIF', 'VIDEO'));
