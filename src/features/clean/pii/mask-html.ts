import { findPiiIn } from './find-pii.ts';
import { readHtmlTexts } from './html-texts.ts';
import { countKinds, type Masked } from './kinds.ts';
import { applyEdits, type Edit, joinEdits } from './piece-text.ts';
import { protectedEmail } from './protected-emails.ts';

/** HTML, or XHTML as XML, with masks in its texts. */
export function maskMarkup(html: string, { xml }: { readonly xml: boolean }): Masked {
  const { texts, values } = readHtmlTexts(html, { xml });
  const found: readonly Edit[] = texts.flatMap((text) =>
    text.edits(findPiiIn(text.text(), text.code())),
  );
  const hidden = values.flatMap(({ name, start, end }): readonly Edit[] => {
    const email = protectedEmail(name, html.slice(start, end));
    return email === null
      ? []
      : [{ kind: 'email', start: start + email.start, end: start + email.end }];
  });
  const edits = joinEdits([...found, ...hidden]);
  const masked = applyEdits(html, edits);
  // What was taken for a tag's or an attribute's name: `<jo@example.org>`.
  const names = findPiiIn(masked, [], ['email', 'secret']);
  return { text: applyEdits(masked, names), found: countKinds([...edits, ...names]) };
}
