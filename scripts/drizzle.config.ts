import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate --config scripts/drizzle.config.ts --name what-changed`
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/registry/schema/*-tables.ts',
  out: './drizzle',
});
