import { describe, expect, it } from 'vitest';
import { findsNothing, foundIn } from './found-in.ts';

describe('a card', () => {
  it.each([
    '4111111111111111',
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
    '3782 822463 10005',
    '30569309025904',
    '6011111111111117',
    '3530111333300000',
    '6200000000000005',
  ])('is found by itself: %s', (card) =>
    expect(foundIn(`pay ${card}!`)).toEqual([`card: ${card}`]),
  );

  it('is found between other numbers', () =>
    expect(foundIn('4111 1111 1111 1111 12/27 123')).toEqual(['card: 4111 1111 1111 1111']));

  it('is found by its check digit alone where a card is spoken of', () => {
    expect(foundIn('my card is 4047737215142')).toEqual(['card: 4047737215142']);
    expect(foundIn('630427373398 is my credit card')).toEqual(['card: 630427373398']);
    findsNothing('the count is 4047737215142');
  });

  it.each([
    ['a wrong check digit', 'card 4111111111111112'],
    ['an unknown network', '9111111111111111'],
    ['a filler', 'card 0000000000000000'],
    ['goods', 'EAN 4006381333931'],
    ['a longer number', '41111111111111111111111'],
    ['a part of a word', 'a4111111111111111 4111111111111111b id_4111111111111111'],
    ['a decimal', '0.4111111111111111'],
    ['mixed separators', '4111 1111-1111 1111'],
    ['a URL', 'https://blog.example/4111111111111111'],
    ['a post', 'status/1234567890123456789'],
  ])('is not %s', (_name, text) => findsNothing(text));
});

describe('an IBAN', () => {
  it.each([
    'DE89370400440532013000',
    'DE89 3704 0044 0532 0130 00',
    'gb82west12345698765432',
    'FR14 2004 1010 0505 0001 3M02 606',
    'NO93 8601 1117 947',
    'MT84MALT011000012345MTLCAST001S',
  ])('is found: %s', (iban) => expect(foundIn(`to ${iban}.`)).toEqual([`iban: ${iban}`]));

  it.each([
    ['a wrong checksum', 'DE88370400440532013000'],
    ['an unknown country', 'ZZ89370400440532013000'],
    ['too short', 'DE8937040044053201300'],
    ['too long', 'DE893704004405320130001'],
    ['a part of a word', 'xDE89370400440532013000'],
    ['a text', 'DE89 is a road, GB82 is not'],
  ])('is not %s', (_name, text) => findsNothing(text));
});

describe('an IP address', () => {
  it.each([
    ['by itself', '(185.199.108.153)', '185.199.108.153'],
    ['before a port', '185.199.108.153:8080', '185.199.108.153'],
    ['in a URL', 'http://1.2.3.4/a', '1.2.3.4'],
    ['of small numbers, by a word', 'The IP address is 1.2.3.4', '1.2.3.4'],
    ['of small numbers, by its network', '8.8.8.0/24', '8.8.8.0'],
    ['of version 6', 'from 2001:4860:4860::8888', '2001:4860:4860::8888'],
    ['in brackets', '[2606:4700::1111]:443', '2606:4700::1111'],
    [
      'in full',
      '2a00:1450:4001:0830:0000:0000:0000:200e.',
      '2a00:1450:4001:0830:0000:0000:0000:200e',
    ],
    ['at the end of a clause', '2001:4860:4860::8888: it is', '2001:4860:4860::8888'],
  ])('is found %s', (_name, text, address) => expect(foundIn(text)).toEqual([`ip: ${address}`]));

  it.each([
    ['a version', 'version 110.0.56.78, v1.2.3.4, foo==10.20.30.40, Chrome/120.0.60.109'],
    ['a section', '1.2.3.4 Scope, see 10.2.3.4'],
    ['out of bounds', '256.1.1.100 100.1.1.999 192.168.1'],
    ['longer', '1.3.6.1.4.1.311 100.100.100.100.100'],
    [
      'private',
      '127.0.0.1, 10.1.2.3, 172.16.5.4, 192.168.1.1, 0.0.0.0, 255.255.255.255, 224.0.0.1',
    ],
    ['for documentation', '192.0.2.1, 198.51.100.7, 203.0.113.9, 2001:db8:1:2::3'],
    ['private, of version 6', '::1, fe80::1:2, fd00:1:2::3, ::'],
    ['a name', 'std::vector a::b fe::ed 12:34:56'],
    ['hardware', '00:1A:2B:3C:4D:5E 00:1A:2B:FF:FE:3C:4D:5E'],
  ])('is not %s', (_name, text) => findsNothing(text));
});
