import type { Session } from '../session.ts';

/** What to try next, printed when everything is up. */
export function describeNext(
  { out }: Session,
  {
    origin,
    question,
    own,
  }: { readonly origin: string; readonly question: string; readonly own: boolean },
): void {
  const body = JSON.stringify({
    model: 'production',
    messages: [{ role: 'user', content: question }],
  });
  out.line(`\nServing on ${origin}. Try:\n`);
  out.line(`  curl -s ${origin}/v1/chat/completions -H 'content-type: application/json' \\`);
  out.line(`    -d '${body.replaceAll("'", "'\\''")}'\n`);
  out.line(`Any OpenAI client works with the base URL ${origin}/v1 and the model "production".`);
  if (!own) out.line('Your own site: npm start -- https://your-blog.example/');
  out.line('Stop with Ctrl-C; npx lockstep --help shows the other commands.');
}
