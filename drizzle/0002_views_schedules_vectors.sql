CREATE TABLE "schedules" (
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"cron" text NOT NULL,
	"timezone" text NOT NULL,
	"due_at" timestamp(3) with time zone NOT NULL,
	"last_started_at" timestamp(3) with time zone,
	"missed" integer NOT NULL,
	"created_at" timestamp(3) with time zone NOT NULL,
	CONSTRAINT "schedules_name_kind_pk" PRIMARY KEY("name","kind")
);
--> statement-breakpoint
CREATE TABLE "vector_cache" (
	"fingerprint" text NOT NULL,
	"purpose" text NOT NULL,
	"text_hash" "bytea" NOT NULL,
	"vector" "bytea" NOT NULL,
	CONSTRAINT "vector_cache_fingerprint_purpose_text_hash_pk" PRIMARY KEY("fingerprint","purpose","text_hash")
);
--> statement-breakpoint
DROP INDEX "chunk_members_unsynced";--> statement-breakpoint
ALTER TABLE "chunk_members" ADD COLUMN "frame" jsonb;--> statement-breakpoint
ALTER TABLE "views" ADD COLUMN "embedder" text;--> statement-breakpoint
ALTER TABLE "views" ADD COLUMN "configured_as" text;--> statement-breakpoint
UPDATE "views" SET "configured_as" = "spec_hash";--> statement-breakpoint
ALTER TABLE "views" ALTER COLUMN "configured_as" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "views" ADD COLUMN "probes" "bytea";--> statement-breakpoint
ALTER TABLE "views" ADD COLUMN "first_epoch" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "views" ADD COLUMN "ready_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "views" ADD COLUMN "dropped_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "answers" ADD COLUMN "filter" jsonb;--> statement-breakpoint
CREATE INDEX "chunk_members_ended" ON "chunk_members" USING btree ("view_id","to_epoch");--> statement-breakpoint
CREATE INDEX "chunk_members_unsynced" ON "chunk_members" USING btree ("view_id","document_id") WHERE synced = 0;--> statement-breakpoint
UPDATE "views" SET "ready_at" = "created_at" WHERE "published_epoch" > 0;
