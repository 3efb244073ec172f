-- DropIndex
DROP INDEX "product_shop_id_idx";

-- DropIndex
DROP INDEX "shop_owner_id_key";

-- AlterTable
ALTER TABLE "product" ADD COLUMN     "description" VARCHAR(4000) NOT NULL DEFAULT '',
ADD COLUMN     "media_ids" UUID[] DEFAULT ARRAY[]::UUID[];

-- AlterTable
ALTER TABLE "shop" ADD COLUMN     "description" VARCHAR(2000) NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "variant" ADD COLUMN     "position" SMALLINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "stock" (
    "variant_id" UUID NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "stock_pkey" PRIMARY KEY ("variant_id")
);

-- CreateTable
CREATE TABLE "stock_move" (
    "id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "kind" VARCHAR(8) NOT NULL,
    "on_hand" INTEGER NOT NULL,
    "reserved" INTEGER NOT NULL,
    "order_id" UUID,
    "round" SMALLINT NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stock_move_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cart" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cart_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cart_line" (
    "id" UUID NOT NULL,
    "cart_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "seen_amount" BIGINT NOT NULL,
    "post_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cart_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer_order" (
    "id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "buyer_id" UUID NOT NULL,
    "status" VARCHAR(10) NOT NULL,
    "currency_code" CHAR(3) NOT NULL,
    "total_amount" BIGINT NOT NULL,
    "reserved_until" TIMESTAMPTZ(3),
    "round" SMALLINT NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "address" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "customer_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "seller_order" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "shop_id" UUID NOT NULL,
    "total_amount" BIGINT NOT NULL,

    CONSTRAINT "seller_order_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "order_line" (
    "id" UUID NOT NULL,
    "seller_order_id" UUID NOT NULL,
    "variant_id" UUID NOT NULL,
    "sku" VARCHAR(40) NOT NULL,
    "product_title" VARCHAR(120) NOT NULL,
    "variant_title" VARCHAR(120) NOT NULL,
    "quantity" INTEGER NOT NULL,
    "shipped_quantity" INTEGER NOT NULL DEFAULT 0,
    "unit_amount" BIGINT NOT NULL,
    "post_id" UUID,

    CONSTRAINT "order_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment" (
    "id" UUID NOT NULL,
    "order_id" UUID NOT NULL,
    "provider" VARCHAR(20) NOT NULL,
    "token" VARCHAR(200) NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "currency_code" CHAR(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "next_step_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_event" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "type" VARCHAR(24) NOT NULL,
    "amount" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payment_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "id" UUID NOT NULL,
    "posting" VARCHAR(80) NOT NULL,
    "account" VARCHAR(80) NOT NULL,
    "currency_code" CHAR(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_event" (
    "provider" VARCHAR(20) NOT NULL,
    "event_id" VARCHAR(200) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_event_pkey" PRIMARY KEY ("provider","event_id")
);

-- CreateTable
CREATE TABLE "test_charge" (
    "key" VARCHAR(80) NOT NULL,
    "status" VARCHAR(10) NOT NULL,
    "currency_code" CHAR(3) NOT NULL,
    "amount" BIGINT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "test_charge_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "idempotency" (
    "viewer_id" UUID NOT NULL,
    "mutation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "result_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_pkey" PRIMARY KEY ("viewer_id","mutation","key")
);

-- CreateIndex
CREATE INDEX "stock_move_variant_id_created_at_idx" ON "stock_move"("variant_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "stock_move_order_id_variant_id_kind_round_key" ON "stock_move"("order_id", "variant_id", "kind", "round");

-- CreateIndex
CREATE UNIQUE INDEX "cart_owner_id_key" ON "cart"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "cart_line_cart_id_variant_id_key" ON "cart_line"("cart_id", "variant_id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_order_number_key" ON "customer_order"("number");

-- CreateIndex
CREATE INDEX "customer_order_buyer_id_created_at_id_idx" ON "customer_order"("buyer_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "customer_order_reserved_until_idx" ON "customer_order"("reserved_until");

-- CreateIndex
CREATE INDEX "seller_order_shop_id_idx" ON "seller_order"("shop_id");

-- CreateIndex
CREATE UNIQUE INDEX "seller_order_order_id_shop_id_key" ON "seller_order"("order_id", "shop_id");

-- CreateIndex
CREATE INDEX "order_line_seller_order_id_idx" ON "order_line"("seller_order_id");

-- CreateIndex
CREATE INDEX "payment_order_id_created_at_idx" ON "payment"("order_id", "created_at");

-- CreateIndex
CREATE INDEX "payment_next_step_at_idx" ON "payment"("next_step_at");

-- CreateIndex
CREATE UNIQUE INDEX "payment_event_payment_id_type_key" ON "payment_event"("payment_id", "type");

-- CreateIndex
CREATE INDEX "ledger_entry_account_idx" ON "ledger_entry"("account");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entry_posting_account_currency_code_key" ON "ledger_entry"("posting", "account", "currency_code");

-- CreateIndex
CREATE INDEX "idempotency_created_at_idx" ON "idempotency"("created_at");

-- CreateIndex
CREATE INDEX "product_shop_id_created_at_id_idx" ON "product"("shop_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "shop_owner_id_idx" ON "shop"("owner_id");

-- AddForeignKey
ALTER TABLE "stock" ADD CONSTRAINT "stock_variant_id_fkey" FOREIGN KEY ("variant_id") REFERENCES "variant"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_cart_id_fkey" FOREIGN KEY ("cart_id") REFERENCES "cart"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seller_order" ADD CONSTRAINT "seller_order_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "customer_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "seller_order" ADD CONSTRAINT "seller_order_shop_id_fkey" FOREIGN KEY ("shop_id") REFERENCES "shop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_seller_order_id_fkey" FOREIGN KEY ("seller_order_id") REFERENCES "seller_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_order_id_fkey" FOREIGN KEY ("order_id") REFERENCES "customer_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_event" ADD CONSTRAINT "payment_event_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What was in stock goes on. The invariant stands here, not in code: nothing is held that is not there.
ALTER TABLE "stock" ADD CONSTRAINT "stock_held_is_there" CHECK (on_hand >= 0 AND reserved >= 0 AND reserved <= on_hand);
INSERT INTO "stock" (variant_id, on_hand) SELECT id, stock FROM "variant";
ALTER TABLE "variant" DROP COLUMN "stock";
INSERT INTO "stock_move" (id, variant_id, kind, on_hand, reserved) SELECT gen_random_uuid(), variant_id, 'RECEIVE', on_hand, 0 FROM "stock" WHERE on_hand > 0;

ALTER TABLE "stock_move" ADD CONSTRAINT "stock_move_kind" CHECK (kind IN ('RECEIVE', 'REMOVE', 'HOLD', 'RELEASE', 'SELL', 'RETURN'));
ALTER TABLE "variant" ADD CONSTRAINT "variant_amount" CHECK (amount_minor >= 0);
ALTER TABLE "cart_line" ADD CONSTRAINT "cart_line_quantity" CHECK (quantity BETWEEN 1 AND 999);
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_quantity" CHECK (quantity >= 1 AND shipped_quantity BETWEEN 0 AND quantity);
ALTER TABLE "customer_order" ADD CONSTRAINT "customer_order_status" CHECK (status IN ('OPEN', 'CONFIRMED', 'EXPIRED', 'CANCELLED'));
ALTER TABLE "customer_order" ADD CONSTRAINT "customer_order_held" CHECK ((status = 'OPEN') = (reserved_until IS NOT NULL));
ALTER TABLE "payment" ADD CONSTRAINT "payment_state"
  CHECK (state IN ('CREATED', 'PENDING', 'AUTHORIZED', 'CAPTURED', 'SETTLED', 'DECLINED', 'CANCELLED', 'REFUNDING', 'REFUNDED'));

-- What happened is never changed and never taken out.
CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;
CREATE TRIGGER stock_move_append_only BEFORE UPDATE OR DELETE ON "stock_move" FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER payment_event_append_only BEFORE UPDATE OR DELETE ON "payment_event" FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON "ledger_entry" FOR EACH ROW EXECUTE FUNCTION append_only();

-- A posting adds up to nothing in each currency when its transaction commits.
CREATE FUNCTION posting_is_balanced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF EXISTS (SELECT FROM ledger_entry WHERE posting = NEW.posting GROUP BY currency_code HAVING sum(amount) <> 0) THEN
    RAISE EXCEPTION 'posting % is not balanced', NEW.posting;
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON "ledger_entry" DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION posting_is_balanced();
