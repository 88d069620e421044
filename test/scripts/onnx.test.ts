import { describe, expect, it } from 'vitest';
import { type BertOptions, writeBert } from '../../scripts/onnx/bert.ts';
import { float, joined, nested, whole } from '../../scripts/onnx/protobuf.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('protobuf', () => {
  // Source of the first and the third: protobuf.dev, "Encoding".
  it.each([
    ['a whole number', whole(1, 150), '089601'],
    ['a negative one, in ten bytes', whole(1, -1), '08ffffffffffffffffff01'],
    ['a text', nested(2, 'testing'), '120774657374696e67'],
    ['a message', nested(3, whole(1, 150)), '1a03089601'],
    ['bytes', nested(9, Uint8Array.of(1, 2)), '4a020102'],
    ['a float', float(2, 1), '150000803f'],
    ['a field beyond 15', whole(20, 7), 'a00107'],
  ])('writes %s', (_, pieces, expected) => expect(hex(joined(pieces))).toBe(expected));
});

describe('a BERT as ONNX', () => {
  const options: BertOptions = {
    layers: 1,
    width: 8,
    heads: 2,
    inner: 16,
    tokens: 20,
    positions: 10,
    seed: 1,
    strength: 1,
    dtype: 'fp32',
  };

  it('is the same from the same seed, and another from another', () => {
    expect(hex(writeBert(options))).toBe(hex(writeBert(options)));
    expect(hex(writeBert({ ...options, seed: 2 }))).not.toBe(hex(writeBert(options)));
  });

  it('of bytes quantises as it goes, and is smaller', () => {
    const large = { ...options, width: 64, inner: 256 };
    const bytes = writeBert({ ...large, dtype: 'q8' });
    expect(Buffer.from(bytes).includes('DynamicQuantizeLinear')).toBe(true);
    expect(Buffer.from(writeBert(large)).includes('DynamicQuantizeLinear')).toBe(false);
    expect(bytes.length).toBeLessThan(writeBert(large).length / 2);
  });
});
