import { type GateName, type GateResult, SPLITS } from '#domain/dataset.ts';
import { AppError } from '#domain/errors.ts';
import type { GateInput } from './gate-input.ts';
import { leakageFaults } from './leakage-faults.ts';
import { distinctFaults, groundingFaults, sizeFaults } from './row-faults.ts';

const REMEDIES: Readonly<Record<GateName, string>> = {
  grounding: 'The builder changed a text; report it, and build from an older version meanwhile.',
  leakage:
    'Remove one of the two from the snapshot by its filter, or close the copy at its source.',
  distinct: 'Remove the document from the snapshot by its filter, or correct it at its source.',
  size: 'Crawl more posts, widen the filter of the snapshot, or build with another --seed.',
};

/** All four gates, whether or not one before failed. They look at rows, not at how they came. */
export async function runGates(input: GateInput): Promise<readonly GateResult[]> {
  const checked = SPLITS.reduce((sum, split) => sum + input.rows[split].length, 0);
  const found = {
    grounding: groundingFaults(input),
    leakage: await leakageFaults(input),
    distinct: distinctFaults(input),
    size: sizeFaults(input),
  } satisfies Record<GateName, readonly string[]>;
  const order: readonly GateName[] = ['grounding', 'leakage', 'distinct', 'size'];
  return order.map((gate) => {
    const [first] = found[gate];
    const message = first === undefined ? 'passed' : `${first}. ${REMEDIES[gate]}`;
    const refused = found[gate].length;
    return { gate, passed: refused === 0, checked, refused, message };
  });
}

/** Throws `gate_refused` for the first gate that failed, and says how many others did. */
export function requirePassed(gates: readonly GateResult[], dataset: string): void {
  const failed = gates.filter(({ passed }) => !passed);
  const [first, ...others] = failed;
  if (first === undefined) return;
  const also =
    others.length === 0 ? '' : ` Also refused by ${others.map((o) => o.gate).join(', ')}.`;
  throw new AppError(
    'gate_refused',
    `gate ${first.gate} refuses dataset ${dataset} (${first.refused} fault(s)): ` +
      `${first.message}${also}`,
    { param: first.gate },
  );
}
