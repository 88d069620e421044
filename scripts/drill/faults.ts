import { type Fault, openFaultDrill, type Trial } from '../../test/features/publish/fault-drill.ts';

/**
 * `npm run drill:faults`: a publishing of several batches in two turns, with a fault before and after
 * every call of the registry, the index, the embedder and the queue, and what readers saw of it: by
 * the index's points, and by what a search found. A crash is a call from which on nothing works any
 * more; a blip fails once. Ends with 1 when a reader saw anything but a whole epoch, or when the next
 * publishing made anything else of it than an undisturbed one does.
 */
const FAULTS: readonly Fault[] = [
  { kind: 'crash', moment: 'before', lateWriter: false },
  { kind: 'crash', moment: 'after', lateWriter: false },
  { kind: 'blip', moment: 'before', lateWriter: false },
  { kind: 'blip', moment: 'after', lateWriter: false },
  { kind: 'crash', moment: 'before', lateWriter: true },
  { kind: 'crash', moment: 'after', lateWriter: true },
];
const COLUMNS = [26, 7, 13, 14, 10, 22] as const;

const print = (text: string) => process.stdout.write(`${text}\n`);
const line = (cells: readonly (string | number)[]) =>
  print(
    cells
      .map((cell, at) => String(cell).padEnd(COLUMNS[at] ?? 0))
      .join(' ')
      .trimEnd(),
  );

const isWhole = ({ saw, keptFirst }: Trial) => saw !== 'no whole epoch' && keptFirst;
const endsSame = ({ sawThen, sameThen }: Trial) => sawThen === 'second epoch' && sameThen;

function report(name: string, trials: readonly Trial[]): void {
  const seeing = (saw: Trial['saw']) => trials.filter((trial) => trial.saw === saw).length;
  const same = trials.filter(endsSame).length;
  line([
    name,
    trials.length,
    seeing('first epoch'),
    seeing('second epoch'),
    trials.filter((trial) => !isWhole(trial)).length,
    same === trials.length ? 'yes' : `in ${same} of ${trials.length}`,
  ]);
}

const drill = await openFaultDrill();
const all: Trial[] = [];
for (const fault of FAULTS) {
  const { kind, moment, lateWriter } = fault;
  const trials: Trial[] = [];
  for await (const trial of drill.trials(fault)) trials.push(trial);
  all.push(...trials);
  const beside = lateWriter ? ', after a worker wrote late' : '';
  print(`\n# ${kind} ${moment} the call${beside}`);
  line(['call', 'tried', 'saw the first', 'saw the second', 'saw else', 'next publishing mends']);
  for (const [call, ofCall] of Map.groupBy(trials, (trial) => trial.call)) report(call, ofCall);
  report('all', trials);
}
const looks = await drill.watch();
await drill.close();
const whole = all.filter(isWhole).length;
const same = all.filter(endsSame).length;
const steady = looks.filter(({ saw }) => saw !== 'no whole epoch').length;
print(
  `\n${all.length} points of failure tried: ${whole} times readers saw a whole epoch, ` +
    `${same} times the next publishing ended as an undisturbed one does\n` +
    `${looks.length} looks during an undisturbed publishing: ${steady} at a whole epoch`,
);
if (whole < all.length || same < all.length || steady < looks.length) process.exitCode = 1;
