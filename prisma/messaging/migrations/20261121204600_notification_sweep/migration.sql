-- What was taken back is forgotten after a while, so this holds nothing else
CREATE INDEX "notification_cause_off_idx" ON "notification_cause"("happened_at") WHERE NOT "is_on";
