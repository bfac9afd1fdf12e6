-- What was done to something, by somebody, or of one kind, without reading the whole trail.

-- CreateIndex
CREATE INDEX "audit_entries_subject_id_idx" ON "audit_entries"("subject", "id");

-- CreateIndex
CREATE INDEX "audit_entries_action_id_idx" ON "audit_entries"("action", "id");

-- CreateIndex
CREATE INDEX "audit_entries_staff_member_id_id_idx" ON "audit_entries"("staff_member_id", "id");
