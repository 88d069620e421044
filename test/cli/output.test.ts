import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '#cli/exit-codes.ts';
import { createOutput, formatTable } from '#cli/output.ts';
import { createProgress } from '#cli/progress.ts';
import { AppError, ERROR_CODES } from '#domain/errors.ts';

function written() {
  const texts: string[] = [];
  return { write: (text: string) => void texts.push(text), text: () => texts.join('') };
}

describe('formatTable', () => {
  it('sets numbers to the right, words to the left, and says – for nothing', () => {
    expect(
      formatTable(
        ['name', 'rows'],
        [
          ['a', 5],
          ['longer', null],
          ['b', 0.5],
        ],
      ),
    ).toBe(['name     rows', 'a           5', 'longer      –', 'b       0.500'].join('\n'));
  });

  it('has a head even without rows', () => {
    expect(formatTable(['one', 'two'], [])).toBe('one  two');
  });
});

describe('createOutput', () => {
  it('prints lines and tables, and no document, for people', () => {
    const out = written();
    const output = createOutput(false, out.write);
    output.line('hello');
    output.table(['n'], [[1]]);
    output.result({ n: 1 });
    expect(out.text()).toBe('hello\nn\n1\n');
  });

  it('prints one document and nothing else as JSON', () => {
    const out = written();
    const output = createOutput(true, out.write);
    output.line('hello');
    output.table(['n'], [[1]]);
    output.result({ n: 1 });
    expect(JSON.parse(out.text())).toEqual({ n: 1 });
  });
});

describe('createProgress', () => {
  const stages = [
    { stage: 'crawl', done: 1, total: 3 },
    { stage: 'crawl', done: 3, total: 3 },
    { stage: 'embed', done: 512, total: null },
  ];

  it('prints one plain line for each stage that has ended', () => {
    const out = written();
    const progress = createProgress({ terminal: false, write: out.write });
    for (const stage of stages) progress.onProgress(stage);
    expect(out.text()).toBe('  crawl 3 of 3\n');
    progress.end();
    progress.end();
    expect(out.text()).toBe('  crawl 3 of 3\n  embed 512\n');
  });

  it('redraws a bar in place on a terminal', () => {
    const out = written();
    const progress = createProgress({ terminal: true, write: out.write });
    for (const stage of stages) progress.onProgress(stage);
    progress.end();
    const drawn = out.text();
    expect(drawn.match(/\r/g)?.length).toBeGreaterThan(3);
    expect(drawn).toContain('████████████████████████ 3/3\n');
    expect(drawn.endsWith('512\n')).toBe(true);
  });
});

describe('exitCodeOf', () => {
  it('tells refusals and wrong usage from failures, for every code', () => {
    const codes = Object.groupBy(ERROR_CODES, (code) => exitCodeOf(new AppError(code, 'x')));
    expect(codes[3]).toEqual(['gate_refused']);
    expect(codes[2]).toEqual(['invalid_input', 'invalid_config']);
    expect(codes[1]?.length).toBe(ERROR_CODES.length - 3);
    expect(codes[0]).toBeUndefined();
  });
});
