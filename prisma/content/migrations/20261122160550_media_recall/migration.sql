-- CreateTable
CREATE TABLE "media_recall" (
    "address" TEXT NOT NULL,
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "claim" UUID,

    CONSTRAINT "media_recall_pkey" PRIMARY KEY ("address")
);

-- CreateIndex
CREATE INDEX "media_recall_due_at_idx" ON "media_recall"("due_at");
