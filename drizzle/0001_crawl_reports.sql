CREATE TABLE "document_marks" (
	"document_id" uuid PRIMARY KEY NOT NULL,
	"signature" "bytea",
	"blocks" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "site_templates" (
	"source_name" text PRIMARY KEY NOT NULL,
	"hashes" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "visits" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "visits_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" uuid NOT NULL,
	"source_name" text NOT NULL,
	"url" text NOT NULL,
	"outcome" text NOT NULL,
	"code" text,
	"elapsed_ms" double precision NOT NULL,
	"bytes" bigint NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "canonical_id" uuid;--> statement-breakpoint
ALTER TABLE "revisions" ADD COLUMN "content_type" text DEFAULT 'text/html' NOT NULL;--> statement-breakpoint
ALTER TABLE "revisions" ALTER COLUMN "content_type" DROP DEFAULT;--> statement-breakpoint
ALTER TABLE "sources" ADD COLUMN "rules" jsonb DEFAULT '{"include":[],"exclude":[],"languages":[],"pii":"keep","render":false}' NOT NULL;--> statement-breakpoint
ALTER TABLE "sources" ALTER COLUMN "rules" DROP DEFAULT;--> statement-breakpoint
UPDATE "sources" SET "limits" = "limits" || '{"timeMsMax":86400000}';--> statement-breakpoint
ALTER TABLE "document_marks" ADD CONSTRAINT "document_marks_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "visits_run" ON "visits" USING btree ("run_id");