-- CreateTable
CREATE TABLE "search_home" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "identity" TEXT NOT NULL,
    "builder" UUID,
    "built_until" TIMESTAMPTZ(3),

    CONSTRAINT "search_home_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "search_home_one" CHECK ("id" = 1)
);

-- What was indexed so far is in this database.
INSERT INTO "search_home" ("identity") VALUES ('postgres');
