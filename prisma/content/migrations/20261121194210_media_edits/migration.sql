-- AlterTable
ALTER TABLE "media" ADD COLUMN     "edits" JSONB NOT NULL DEFAULT '{"trim": null, "watermark": null}';

-- An album holds twenty.
ALTER TABLE "post_media" DROP CONSTRAINT "post_media_position_check";
ALTER TABLE "post_media" ADD CONSTRAINT "post_media_position_check" CHECK ("position" BETWEEN 0 AND 19);
