/** Entries in line, a line for each turn; the lines of earlier turns go first. */
export type Turns<Entry> = {
  push(turn: number, entry: Entry): void;
  /** The first entry of the earliest turn, when that is not after `turnMax`. */
  shift(turnMax: number): { readonly turn: number; readonly entry: Entry } | undefined;
};

export function createTurns<Entry>(): Turns<Entry> {
  const lines = new Map<number, Line<Entry>>();
  /** Turns with entries, the earliest last. */
  const open: number[] = [];
  return {
    push(turn, entry) {
      const line = lines.get(turn) ?? createLine<Entry>();
      line.push(entry);
      if (lines.has(turn)) return;
      lines.set(turn, line);
      open.splice(open.findLastIndex((other) => other > turn) + 1, 0, turn);
    },
    shift(turnMax) {
      const turn = open.at(-1);
      if (turn === undefined || turn > turnMax) return undefined;
      const line = lines.get(turn);
      const taken = line?.shift();
      if (line === undefined || line.isEmpty()) {
        lines.delete(turn);
        open.pop();
      }
      return taken && { turn, entry: taken.entry };
    },
  };
}

type Line<Entry> = {
  push(entry: Entry): void;
  shift(): { readonly entry: Entry } | undefined;
  isEmpty(): boolean;
};

/** Entries that were taken and still occupy their places before the places are freed. */
const TAKEN_MAX = 1_024;

/** First in, first out, in constant time: `Array.shift` moves every entry that is left. */
function createLine<Entry>(): Line<Entry> {
  let entries: { readonly entry: Entry }[] = [];
  let taken = 0;
  return {
    push: (entry) => void entries.push({ entry }),
    shift() {
      const first = entries[taken];
      if (first === undefined) return undefined;
      taken += 1;
      if (taken > TAKEN_MAX && taken * 2 > entries.length) {
        entries = entries.slice(taken);
        taken = 0;
      }
      return first;
    },
    isEmpty: () => taken === entries.length,
  };
}
