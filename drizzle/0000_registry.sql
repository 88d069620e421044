CREATE TABLE "chunk_members" (
	"id" uuid PRIMARY KEY NOT NULL,
	"view_id" text NOT NULL,
	"document_id" uuid NOT NULL,
	"revision_id" uuid NOT NULL,
	"source_name" text NOT NULL,
	"key" text NOT NULL,
	"span_start" integer NOT NULL,
	"span_end" integer NOT NULL,
	"tokens" integer NOT NULL,
	"heading_path" jsonb NOT NULL,
	"from_epoch" bigint NOT NULL,
	"to_epoch" bigint NOT NULL,
	"synced" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "dead_letters_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"run_id" uuid NOT NULL,
	"source_name" text NOT NULL,
	"url" text NOT NULL,
	"stage" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"retryable" integer NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"source_name" text NOT NULL,
	"status" text NOT NULL,
	"revision_id" uuid,
	"first_seen_at" timestamp(3) with time zone NOT NULL,
	"closed_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "epochs" (
	"view_id" text NOT NULL,
	"number" integer NOT NULL,
	"status" text NOT NULL,
	"run_id" uuid NOT NULL,
	"opened_at" timestamp(3) with time zone NOT NULL,
	"published_at" timestamp(3) with time zone,
	"documents" integer,
	"chunks" integer,
	CONSTRAINT "epochs_view_id_number_pk" PRIMARY KEY("view_id","number")
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"expires_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pages" (
	"source_name" text NOT NULL,
	"url" text NOT NULL,
	"document_id" uuid,
	"etag" text,
	"last_modified" text,
	"body_hash" text,
	"links" jsonb NOT NULL,
	"outcome" text NOT NULL,
	"gone_count" integer NOT NULL,
	"extracted_by" text NOT NULL,
	"checked_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "pages_source_name_url_pk" PRIMARY KEY("source_name","url")
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"document_id" uuid NOT NULL,
	"url" text NOT NULL,
	"blob_key" text NOT NULL,
	"markdown" text NOT NULL,
	"metadata" jsonb NOT NULL,
	"content_hash" text NOT NULL,
	"extracted_by" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"name" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"urls" jsonb NOT NULL,
	"limits" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "view_documents" (
	"view_id" text NOT NULL,
	"document_id" uuid NOT NULL,
	"revision_id" uuid NOT NULL,
	"from_epoch" bigint NOT NULL,
	"to_epoch" bigint NOT NULL,
	CONSTRAINT "view_documents_view_id_document_id_from_epoch_pk" PRIMARY KEY("view_id","document_id","from_epoch")
);
--> statement-breakpoint
CREATE TABLE "views" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"spec" jsonb NOT NULL,
	"spec_hash" text NOT NULL,
	"fingerprint" text NOT NULL,
	"collection" text NOT NULL,
	"published_epoch" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "answers" (
	"id" text PRIMARY KEY NOT NULL,
	"question" text NOT NULL,
	"pairing_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"answer" jsonb NOT NULL,
	"at" timestamp(3) with time zone NOT NULL,
	"duration_ms" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	"revoked_at" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "channel_moves" (
	"channel" text NOT NULL,
	"number" integer NOT NULL,
	"action" text NOT NULL,
	"pairing_id" text NOT NULL,
	"previous_pairing_id" text,
	"actor" text NOT NULL,
	"reason" text NOT NULL,
	"evaluation_id" text,
	"at" timestamp(3) with time zone NOT NULL,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "channel_moves_channel_number_pk" PRIMARY KEY("channel","number")
);
--> statement-breakpoint
CREATE TABLE "channels" (
	"name" text PRIMARY KEY NOT NULL,
	"pairing_id" text NOT NULL,
	"move" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "datasets" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"snapshot_id" text NOT NULL,
	"manifest" jsonb NOT NULL,
	"hash" text NOT NULL,
	"folder" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "evaluations" (
	"id" text PRIMARY KEY NOT NULL,
	"pairing_id" text NOT NULL,
	"view_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"golden_hash" text NOT NULL,
	"metrics" jsonb NOT NULL,
	"results" jsonb NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"answer_id" text NOT NULL,
	"rating" text NOT NULL,
	"comment" text NOT NULL,
	"at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"kind" text NOT NULL,
	"provider" text NOT NULL,
	"reference" text NOT NULL,
	"base" text,
	"dataset_id" text,
	"parameters" jsonb NOT NULL,
	"metrics" jsonb NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pairings" (
	"id" text PRIMARY KEY NOT NULL,
	"manifest" jsonb NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "prompts" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"system" text NOT NULL,
	"user" text NOT NULL,
	"description" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp(3) with time zone NOT NULL,
	"ended_at" timestamp(3) with time zone,
	"counts" jsonb NOT NULL,
	"produced" jsonb NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"id" text PRIMARY KEY NOT NULL,
	"view_id" text NOT NULL,
	"epoch" integer NOT NULL,
	"filter" jsonb NOT NULL,
	"documents" integer NOT NULL,
	"chunks" integer NOT NULL,
	"membership_hash" text NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "epochs" ADD CONSTRAINT "epochs_view_id_views_id_fk" FOREIGN KEY ("view_id") REFERENCES "public"."views"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "channels" ADD CONSTRAINT "channels_pairing_id_pairings_id_fk" FOREIGN KEY ("pairing_id") REFERENCES "public"."pairings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "datasets" ADD CONSTRAINT "datasets_snapshot_id_snapshots_id_fk" FOREIGN KEY ("snapshot_id") REFERENCES "public"."snapshots"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "evaluations" ADD CONSTRAINT "evaluations_pairing_id_pairings_id_fk" FOREIGN KEY ("pairing_id") REFERENCES "public"."pairings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_answer_id_answers_id_fk" FOREIGN KEY ("answer_id") REFERENCES "public"."answers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "chunk_members_document" ON "chunk_members" USING btree ("view_id","document_id","to_epoch");--> statement-breakpoint
CREATE INDEX "chunk_members_unsynced" ON "chunk_members" USING btree ("view_id","synced");--> statement-breakpoint
CREATE INDEX "dead_letters_run" ON "dead_letters" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "dead_letters_source" ON "dead_letters" USING btree ("source_name");--> statement-breakpoint
CREATE UNIQUE INDEX "documents_url" ON "documents" USING btree ("url");--> statement-breakpoint
CREATE INDEX "documents_source" ON "documents" USING btree ("source_name");--> statement-breakpoint
CREATE INDEX "revisions_document" ON "revisions" USING btree ("document_id");--> statement-breakpoint
CREATE INDEX "revisions_content" ON "revisions" USING btree ("content_hash");--> statement-breakpoint
CREATE INDEX "view_documents_live" ON "view_documents" USING btree ("view_id","to_epoch");--> statement-breakpoint
CREATE UNIQUE INDEX "views_name_version" ON "views" USING btree ("name","version");--> statement-breakpoint
CREATE INDEX "answers_at" ON "answers" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_hash" ON "api_keys" USING btree ("hash");--> statement-breakpoint
CREATE UNIQUE INDEX "datasets_name_version" ON "datasets" USING btree ("name","version");--> statement-breakpoint
CREATE INDEX "evaluations_pairing" ON "evaluations" USING btree ("pairing_id","at");--> statement-breakpoint
CREATE INDEX "feedback_answer" ON "feedback" USING btree ("answer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "models_name_version" ON "models" USING btree ("name","version");--> statement-breakpoint
CREATE UNIQUE INDEX "models_name_hash" ON "models" USING btree ("name","hash");--> statement-breakpoint
CREATE UNIQUE INDEX "prompts_name_version" ON "prompts" USING btree ("name","version");--> statement-breakpoint
CREATE UNIQUE INDEX "prompts_name_hash" ON "prompts" USING btree ("name","hash");--> statement-breakpoint
CREATE INDEX "runs_started" ON "runs" USING btree ("started_at");