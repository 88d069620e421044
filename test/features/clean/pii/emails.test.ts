import { describe, expect, it } from 'vitest';
import { findsNothing, foundIn } from './found-in.ts';

describe('an address', () => {
  it.each([
    ['in a sentence', 'Write to jo.doe+news@mail.example.co.uk.', 'jo.doe+news@mail.example.co.uk'],
    ['in brackets', '<jo@example.org>', 'jo@example.org'],
    ['in quotation marks', "mail('jo@example.org')", 'jo@example.org'],
    ['with an apostrophe', "o'brien@example.ie", "o'brien@example.ie"],
    ['of many labels', 'a@b.c.d.e.f.example.com', 'a@b.c.d.e.f.example.com'],
    ['in a URL', 'mailto:jo%40example.org?subject=a', 'jo%40example.org'],
    ['in a script', '"jo\\u0040example.org"', 'jo\\u0040example.org'],
    ['in markup', 'jo&#64;example.org', 'jo&#64;example.org'],
    ['of other letters', 'jörg@müller.de', 'jörg@müller.de'],
    ['among other letters', '请联系jo@example.org谢谢', 'jo@example.org'],
    ['before other letters', 'на jo@example.orgи так', 'jo@example.org'],
    ['before a sentence', 'jo@example.org.Then', 'jo@example.org'],
    ['of full width', 'jo＠example．org', 'jo＠example．org'],
    ['with what is not seen', 'jo\u200b@exam\u00adple.org', 'jo\u200b@exam\u00adple.org'],
    ['in an inner network', 'root@build.corp', 'root@build.corp'],
    ['that is hidden', 'jo [at] example [dot] org', 'jo [at] example [dot] org'],
    ['that is half hidden', 'jo(at)example.org', 'jo(at)example.org'],
  ])('is found %s', (_name, text, address) => expect(foundIn(text)).toEqual([`email: ${address}`]));

  it('is found each time', () =>
    expect(foundIn('a@example.org,b@example.org; a@example.org')).toHaveLength(3));
});

it.each([
  ['pictures by density', 'logo@2x.png icon@3x.webp'],
  ['packages', 'react@18.2.0 @types/node@20.1.0 foo@latest'],
  ['repositories', 'git clone git@github.com:someone/some.git'],
  ['decorators', '@app.route("/")'],
  ['handles', 'https://social.example/@jo and @jo.doe'],
  ['matrices', '```\nc = a@b.to(device)\n```'],
  ['sentences', 'Meet me (at) noon. Look at example.org, or at the sign @'],
  ['hosts alone', 'example.org and @example.org'],
  ['no public suffix', 'jo@example.nosuchsuffix jo@localhost jo@co.uk'],
])('is not found in %s', (_name, text) => findsNothing(text));
