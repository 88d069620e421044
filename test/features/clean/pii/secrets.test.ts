import { describe, expect, it } from 'vitest';
import { findsNothing, foundIn } from './found-in.ts';

/** Put together here, so that no scanner takes this file for a leak. */
const key = (...parts: readonly string[]) => parts.join('');
const letters = (length: number) => 'aB3dE6gH9jK2mN5pQ8sT'.repeat(8).slice(0, length);
const hex = (length: number) => '8f14e45fceea167a'.repeat(8).slice(0, length);
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', letters(43)].join('.');

describe('a key that says whose it is', () => {
  it.each([
    ['Amazon', key('AKIA', 'IOSFODNN7EXAMPLE')],
    ['GitHub', key('ghp', '_', letters(36))],
    ['GitHub, fine-grained', key('github', '_pat_', letters(60))],
    ['GitLab', key('glpat', '-', letters(20))],
    ['Slack', key('xox', 'b-', '1234567890-', letters(24))],
    ['Stripe', key('sk', '_live_', letters(24))],
    ['Google', key('AI', 'za', letters(35))],
    ['OpenAI', key('sk', '-proj-', letters(40))],
    ['Anthropic', key('sk', '-ant-', 'api03-', letters(40))],
    ['npm', key('npm', '_', letters(36))],
    ['Hugging Face', key('hf', '_', letters(34))],
    ['SendGrid', key('SG', '.', letters(22), '.', letters(43))],
    ['DigitalOcean', key('dop', '_v1_', hex(64))],
    ['JWT', jwt],
  ])('is found: %s', (_name, secret) => {
    expect(foundIn(`use ${secret}.`)).toEqual([`secret: ${secret}`]);
    expect(foundIn(`\`\`\`\nexport KEY='${secret}'\n\`\`\``)).toEqual([`secret: ${secret}`]);
  });

  it('is none within a longer word', () => findsNothing(`x${key('AKIA', 'IOSFODNN7EXAMPLE')}`));
  it('is none that is a name', () => findsNothing('<div class="sk-loading-indicator-component">'));
});

describe('a private key', () => {
  const lines = (name: string, body: string) =>
    `${key('-----BEGIN ', name)}-----\n${body}\n${key('-----END ', name)}-----`;

  it.each(['PRIVATE KEY', 'RSA PRIVATE KEY', 'OPENSSH PRIVATE KEY'])(
    'is found whole: %s',
    (name) => {
      const pem = lines(name, `${letters(64)}\n${letters(40)}==`);
      expect(foundIn(`a\n${pem}\nb`)).toEqual([`secret: ${pem}`]);
    },
  );

  it('is found as far as it goes when it is cut off', () => {
    const begin = `${key('-----BEGIN ', 'PRIVATE KEY')}-----\n${letters(64)}\n${letters(64)}`;
    expect(foundIn(`${begin}\n\nAnd so on`)).toEqual([`secret: ${begin}`]);
  });

  it('is none that is public', () => findsNothing(lines('PUBLIC KEY', letters(64))));
});

describe('a password', () => {
  it.each([
    ['postgres://jo:s3cr3t@db.example.org/x', 'jo:s3cr3t@db.example.org'],
    ['https://jo:pw@10.0.0.1/', 'jo:pw'],
  ])('is found in a URL: %s', (text, found) => expect(foundIn(text)).toEqual([`secret: ${found}`]));

  it.each([
    ['password=Tr0ub4dor&3x!', 'Tr0ub4dor&3x!'],
    ['Password: "S3cr3t!Pass"', 'S3cr3t!Pass'],
    ['?user=jo&passwd=Xk29qLm4Tz&next=1', 'Xk29qLm4Tz'],
    [`"api_key": "${hex(32)}"`, hex(32)],
    [`TOKEN=${letters(24)}`, letters(24)],
    [`client-secret => '${letters(30)}'`, letters(30)],
    [`Authorization: Bearer ${letters(30)}`, letters(30)],
  ])('is found by its name: %s', (text, found) =>
    expect(foundIn(text)).toEqual([`secret: ${found}`]),
  );

  it.each([
    ['a word', 'password=hunter2 password: correct-horse-battery'],
    [
      'a placeholder',
      'password: your-password-here1, token: xxxxxxxxxxxxxxxx1234, secret: ****************',
    ],
    [
      'a variable',
      'PASSWORD=${DB_PASSWORD1} token: $TOKEN123456789012 secret: {{ secret12345678 }}',
    ],
    ['a call', 'const token = getAccessToken2(user, 12345)'],
    ['a name', 'token: authentication-token-v2-handler, api_key: process.env.API_KEY_2024'],
    ['a sentence', 'The token: it is read by the parser. Basic understanding of it'],
    ['a template', 'postgres://jo:${PASSWORD}@db.example:5432/x'],
  ])('is not %s', (_name, text) => findsNothing(text));
});
