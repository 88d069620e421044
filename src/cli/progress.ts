import type { OnProgress, Progress } from '#domain/run.ts';

export type ProgressLines = {
  readonly onProgress: OnProgress;
  /** Ends the stage that is drawn. */
  end(): void;
};

export type ProgressOptions = {
  /** A bar that is redrawn in place; otherwise one plain line when a stage has ended. */
  readonly terminal: boolean;
  readonly write: (text: string) => void;
};

const BAR_WIDTH = 24;

/** Progress for whoever watches: bars on a terminal, plain lines elsewhere. */
export function createProgress({ terminal, write }: ProgressOptions): ProgressLines {
  let last: Progress | null = null;
  const end = () => {
    if (last === null) return;
    write(terminal ? `\r${bar(last)}\n` : `${plain(last)}\n`);
    last = null;
  };
  return {
    onProgress(progress) {
      if (last !== null && last.stage !== progress.stage) end();
      last = progress;
      if (terminal) write(`\r${bar(progress)}`);
    },
    end,
  };
}

const plain = ({ stage, done, total }: Progress): string =>
  total === null ? `  ${stage} ${done}` : `  ${stage} ${done} of ${total}`;

function bar({ stage, done, total, detail }: Progress): string {
  const label = `  ${stage.padEnd(9)}`;
  if (total === null || total === 0) return `${label} ${done}`;
  const filled = Math.min(BAR_WIDTH, Math.round((done / total) * BAR_WIDTH));
  return `${label} ${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${done}/${total}${paceOf(detail)}`;
}

/** How fast it goes and how long it will take, where the stage knows. */
function paceOf(detail: Progress['detail']): string {
  const { perSecond, secondsLeft } = detail ?? {};
  if (typeof perSecond !== 'number' || typeof secondsLeft !== 'number') return '';
  return `, ${perSecond.toFixed(1)}/s, ${Math.ceil(secondsLeft)} s left   `;
}
