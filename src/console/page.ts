import { createHash } from 'node:crypto';
import { html, raw } from 'hono/html';
import type { Html } from './html.ts';
import { STYLE } from './style.ts';

const styleHash = createHash('sha256').update(STYLE).digest('base64');

/**
 * The page allows itself its own style sheet and nothing else: no script, no image, no font, no
 * frame, no request of any kind, whatever text gets into it.
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A whole page that stands for itself in one file. */
export async function page(title: string, body: Html): Promise<string> {
  const whole = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>${raw(STYLE)}</style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
  return String(whole);
}
