import { benchOpenAi } from './embed/openai.ts';
import { benchStatic } from './embed/static.ts';
import { benchTransformers } from './embed/transformers.ts';

/**
 * `node scripts/bench/embed.ts [static | transformers | openai]…`: each embedder beside what else there
 * is, measured in turns in one run. All of them without a name.
 */
const BENCHES: Readonly<Record<string, () => Promise<string>>> = {
  static: () => benchStatic('models/lockstep-static-en-v1'),
  transformers: benchTransformers,
  openai: benchOpenAi,
};

const wanted = process.argv.slice(2);
for (const name of wanted) {
  if (!Object.hasOwn(BENCHES, name)) throw new Error(`there is no bench of ${name}`);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length === 0 || wanted.includes(name)) process.stdout.write(await bench());
}
