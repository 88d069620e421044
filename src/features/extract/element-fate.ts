/**
 * Longest attribute that is kept. Readability runs regular expressions over attributes, and some of
 * them are quadratic.
 */
export const VALUE_LENGTH_MAX = 2_048;

/** What Readability, the code blocks and the Markdown look at. */
export const KEPT_ATTRIBUTES: ReadonlySet<string> = new Set([
  'align',
  'alt',
  'aria-modal',
  'class',
  'colspan',
  'content',
  'data-lang',
  'data-language',
  'datetime',
  'dir',
  'href',
  'id',
  'itemprop',
  'lang',
  'rel',
  'role',
  'rowspan',
  'src',
  'start',
]);

/** Never part of a text: not even their links count. */
const DROPPED: ReadonlySet<string> = new Set([
  'audio',
  'base',
  'button',
  'canvas',
  'dialog',
  'embed',
  'frame',
  'frameset',
  'iframe',
  'input',
  'link',
  'map',
  'meta',
  'noembed',
  'noframes',
  'noscript',
  'object',
  'option',
  'script',
  'select',
  'style',
  'svg',
  'template',
  'textarea',
  'title',
  'video',
]);

/** Of no text, but their links are followed. */
const HIDDEN: ReadonlySet<string> = new Set(['aside', 'footer', 'nav', 'menu']);
const HIDDEN_ROLES: ReadonlySet<string> = new Set([
  'alert',
  'alertdialog',
  'complementary',
  'contentinfo',
  'dialog',
  'menu',
  'menubar',
  'navigation',
  'search',
]);

/** Sites hide these until a script runs; the whole page would be gone. */
const ALWAYS_SEEN: ReadonlySet<string> = new Set(['html', 'head', 'body', 'main', 'article']);

const NOT_DISPLAYED = /(?:^|[;\s])(?:display\s*:\s*none|visibility\s*:\s*hidden)/i;
const NOT_SELECTABLE = /(?:^|[;\s])(?:-webkit-)?user-select\s*:\s*none/i;
const WHITE_SPACE_KEPT = /(?:^|[;\s])white-space\s*:\s*(?:break-spaces|pre(?:-wrap)?)\s*(?:;|!|$)/i;
const STYLE_LENGTH_MAX = 1_024;

/** Links that only pass the page on, by where they lead; `mailto:?` has no one to write to. */
const SHARE_LINK = new RegExp(
  '^(?:mailto:\\?|(?:https?:)?//(?:www\\.|m\\.|api\\.|web\\.)?(?:' +
    [
      'facebook\\.com/(?:sharer|share\\.php|dialog/(?:share|feed))',
      '(?:twitter|x)\\.com/(?:intent/(?:tweet|post)|share\\b|home\\?status)',
      'pinterest\\.[a-z.]+/pin/create',
      'linkedin\\.com/(?:shareArticle|sharing|cws/share)',
      'reddit\\.com/submit',
      'tumblr\\.com/(?:share|widgets/share)',
      'whatsapp\\.com/send',
      'wa\\.me/\\?',
      't(?:elegram)?\\.me/share',
      'vk\\.com/share',
      'news\\.ycombinator\\.com/submitlink',
      'getpocket\\.com/(?:save|edit)',
      'share\\.flipboard\\.com/',
      'bufferapp\\.com/add',
    ].join('|') +
    '))',
  'i',
);

/** Whether every space and newline in an element is meant. */
export const isPreformatted = (
  name: string,
  { style }: Readonly<Record<string, string>>,
): boolean =>
  name === 'pre' || (name === 'code' && style !== undefined && WHITE_SPACE_KEPT.test(short(style)));

/** What becomes of an element; a line-number gutter of code is marked as not selectable. */
export function fateOf(
  name: string,
  attributes: Readonly<Record<string, string>>,
  preformatted: boolean,
): 'kept' | 'hidden' | 'dropped' {
  if (DROPPED.has(name)) return 'dropped';
  if (HIDDEN.has(name) && !isOfNotes(attributes)) return 'hidden';
  if (name === 'a') return SHARE_LINK.test(attributes.href ?? '') ? 'hidden' : hiddenBy(attributes);
  if (ALWAYS_SEEN.has(name)) return 'kept';
  const { style } = attributes;
  const isGutter = preformatted && style !== undefined && NOT_SELECTABLE.test(short(style));
  return isGutter ? 'dropped' : hiddenBy(attributes);
}

/** Notes to a text are part of it, wherever they stand. */
const isOfNotes = ({ role = '', class: names = '' }: Readonly<Record<string, string>>): boolean =>
  /^doc-(?:foot|end)notes?$/.test(role) || /(?:^|[\s_-])footnotes?(?:$|[\s_-])/.test(short(names));

/** Whether an element's own attributes keep it from being seen. */
export function hiddenBy(attributes: Readonly<Record<string, string>>): 'kept' | 'hidden' {
  const { style, hidden, role = '' } = attributes;
  const isHidden =
    hidden !== undefined ||
    attributes['aria-hidden'] === 'true' ||
    HIDDEN_ROLES.has(role) ||
    (style !== undefined && NOT_DISPLAYED.test(short(style)));
  return isHidden ? 'hidden' : 'kept';
}

const short = (style: string): string => style.slice(0, STYLE_LENGTH_MAX);
