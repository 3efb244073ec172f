-- By hand in the migration that brings outgoing_mail. What is owed stays small, however much was sent.
CREATE INDEX "outgoing_mail_due_idx" ON "outgoing_mail"("due_at", "id") WHERE "ended_at" IS NULL;
CREATE INDEX "outgoing_mail_ended_idx" ON "outgoing_mail"("ended_at") WHERE "ended_at" IS NOT NULL;
ALTER TABLE "outgoing_mail" ADD CONSTRAINT "outgoing_mail_end_check" CHECK (("ended_at" IS NULL) = ("outcome" IS NULL) AND "outcome" IN ('SENT', 'DROPPED', 'GIVEN_UP'));
