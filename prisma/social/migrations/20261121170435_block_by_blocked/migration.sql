-- CreateIndex
CREATE INDEX "block_blocked_id_idx" ON "block"("blocked_id");
