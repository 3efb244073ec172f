-- CreateTable
CREATE TABLE "media_captions" (
    "media_id" UUID NOT NULL,
    "language" TEXT NOT NULL,
    "is_auto" BOOLEAN NOT NULL DEFAULT false,
    "webvtt" TEXT NOT NULL,
    "object" TEXT NOT NULL,

    CONSTRAINT "media_captions_pkey" PRIMARY KEY ("media_id","language")
);

-- AddForeignKey
ALTER TABLE "media_captions" ADD CONSTRAINT "media_captions_media_id_fkey" FOREIGN KEY ("media_id") REFERENCES "media"("id") ON DELETE CASCADE ON UPDATE CASCADE;
