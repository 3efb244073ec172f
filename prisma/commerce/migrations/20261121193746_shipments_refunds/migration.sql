-- DropIndex
DROP INDEX "payment_event_payment_id_type_key";

-- DropIndex
DROP INDEX "seller_order_shop_id_idx";

-- AlterTable
ALTER TABLE "order_line" ADD COLUMN     "delivered_quantity" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "refunded_amount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "refunded_quantity" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "withdrawn_quantity" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "reference" VARCHAR(100),
ADD COLUMN     "refunded_amount" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "payment_event" ADD COLUMN     "subject_id" UUID;
-- What happened until now happened to payments themselves.
ALTER TABLE "payment_event" DISABLE TRIGGER payment_event_append_only;
UPDATE "payment_event" SET subject_id = payment_id;
ALTER TABLE "payment_event" ENABLE TRIGGER payment_event_append_only;
ALTER TABLE "payment_event" ALTER COLUMN "subject_id" SET NOT NULL;

-- AlterTable
ALTER TABLE "seller_order" ADD COLUMN     "commission_amount" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "sold_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "stock_move" ADD COLUMN     "refund_id" UUID;

-- AlterTable
ALTER TABLE "test_charge" ADD COLUMN     "token" VARCHAR(200) NOT NULL DEFAULT 'ok';

-- CreateTable
CREATE TABLE "shipment" (
    "id" UUID NOT NULL,
    "seller_order_id" UUID NOT NULL,
    "carrier" VARCHAR(60) NOT NULL,
    "tracking_code" VARCHAR(100),
    "delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "shipment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "shipment_line" (
    "shipment_id" UUID NOT NULL,
    "order_line_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,

    CONSTRAINT "shipment_line_pkey" PRIMARY KEY ("shipment_id","order_line_id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" UUID NOT NULL,
    "seller_order_id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "state" VARCHAR(10) NOT NULL,
    "amount" BIGINT NOT NULL,
    "commission_amount" BIGINT NOT NULL,
    "is_restocked" BOOLEAN NOT NULL,
    "reason" VARCHAR(500) NOT NULL DEFAULT '',
    "next_step_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refund_line" (
    "refund_id" UUID NOT NULL,
    "order_line_id" UUID NOT NULL,
    "quantity" INTEGER NOT NULL,
    "withdrawn_quantity" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,

    CONSTRAINT "refund_line_pkey" PRIMARY KEY ("refund_id","order_line_id")
);

-- CreateTable
CREATE TABLE "test_refund" (
    "key" VARCHAR(80) NOT NULL,
    "charge_key" VARCHAR(80) NOT NULL,
    "status" VARCHAR(10) NOT NULL,
    "amount" BIGINT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "test_refund_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE INDEX "shipment_seller_order_id_created_at_idx" ON "shipment"("seller_order_id", "created_at");

-- CreateIndex
CREATE INDEX "refund_seller_order_id_created_at_idx" ON "refund"("seller_order_id", "created_at");

-- CreateIndex
CREATE INDEX "refund_next_step_at_idx" ON "refund"("next_step_at");

-- CreateIndex
CREATE INDEX "test_refund_charge_key_idx" ON "test_refund"("charge_key");

-- CreateIndex
CREATE INDEX "payment_event_payment_id_idx" ON "payment_event"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_event_subject_id_type_key" ON "payment_event"("subject_id", "type");

-- CreateIndex
CREATE INDEX "seller_order_shop_id_sold_at_id_idx" ON "seller_order"("shop_id", "sold_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "stock_move_refund_id_variant_id_key" ON "stock_move"("refund_id", "variant_id");

-- AddForeignKey
ALTER TABLE "shipment" ADD CONSTRAINT "shipment_seller_order_id_fkey" FOREIGN KEY ("seller_order_id") REFERENCES "seller_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipment_line" ADD CONSTRAINT "shipment_line_shipment_id_fkey" FOREIGN KEY ("shipment_id") REFERENCES "shipment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "shipment_line" ADD CONSTRAINT "shipment_line_order_line_id_fkey" FOREIGN KEY ("order_line_id") REFERENCES "order_line"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_seller_order_id_fkey" FOREIGN KEY ("seller_order_id") REFERENCES "seller_order"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund_line" ADD CONSTRAINT "refund_line_refund_id_fkey" FOREIGN KEY ("refund_id") REFERENCES "refund"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund_line" ADD CONSTRAINT "refund_line_order_line_id_fkey" FOREIGN KEY ("order_line_id") REFERENCES "order_line"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What was paid before is sold.
UPDATE "seller_order" AS part SET sold_at = whole.created_at FROM "customer_order" AS whole
WHERE whole.id = part.order_id AND whole.status = 'CONFIRMED';

-- What is not to be sent any more is not sent, what is there was sent, and nothing goes back twice.
ALTER TABLE "order_line" DROP CONSTRAINT "order_line_quantity";
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_quantity" CHECK (
  quantity >= 1 AND delivered_quantity BETWEEN 0 AND shipped_quantity AND withdrawn_quantity BETWEEN 0 AND refunded_quantity
  AND shipped_quantity + withdrawn_quantity <= quantity AND refunded_quantity <= quantity
);
ALTER TABLE "order_line" ADD CONSTRAINT "order_line_refunded" CHECK (refunded_amount BETWEEN 0 AND unit_amount * quantity);
ALTER TABLE "payment" ADD CONSTRAINT "payment_refunded" CHECK (refunded_amount BETWEEN 0 AND amount);
ALTER TABLE "seller_order" ADD CONSTRAINT "seller_order_commission" CHECK (commission_amount BETWEEN 0 AND total_amount);
ALTER TABLE "shipment_line" ADD CONSTRAINT "shipment_line_quantity" CHECK (quantity >= 1);
ALTER TABLE "refund" ADD CONSTRAINT "refund_state" CHECK (state IN ('PENDING', 'SUCCEEDED', 'FAILED'));
ALTER TABLE "refund" ADD CONSTRAINT "refund_open" CHECK ((state = 'PENDING') = (next_step_at IS NOT NULL));
ALTER TABLE "refund" ADD CONSTRAINT "refund_amount" CHECK (amount > 0);
ALTER TABLE "refund_line" ADD CONSTRAINT "refund_line_amounts" CHECK (amount >= 0 AND withdrawn_quantity BETWEEN 0 AND quantity);
