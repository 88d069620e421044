/** Who may speak to the one session; others wait in the order they came. */
export type Turns = {
  /** Resolves when it is `who`'s turn; at once when it is already. */
  take(who: object): Promise<void>;
  /** Ends the turn of `who`; another's is left alone. */
  give(who: object): void;
};

export function createTurns(): Turns {
  let holder: object | null = null;
  const waiting: { who: object; go: () => void }[] = [];
  return {
    take: (who) => {
      if (holder === null || holder === who) {
        holder = who;
        return Promise.resolve();
      }
      return new Promise((go) => waiting.push({ who, go }));
    },
    give: (who) => {
      if (holder !== who) return;
      const next = waiting.shift();
      holder = next?.who ?? null;
      next?.go();
    },
  };
}
