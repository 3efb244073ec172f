-- CreateIndex
CREATE INDEX "mute_muted_id_idx" ON "mute"("muted_id");
