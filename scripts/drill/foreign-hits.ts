import { isVisible } from '#domain/epoch.ts';
import { openLockstep } from '../../src/compose.ts';
import { envToConfig } from '../../src/config/config.ts';
import type { Answered } from './asking.ts';

/**
 * What answers name that is not of their own pairing's view, or not visible at their epoch: a line
 * for each. The registry keeps every point with its epochs, so it can be told long after.
 */
export async function foreignHits(
  folder: string,
  answers: readonly Answered[],
): Promise<readonly string[]> {
  const found = envToConfig({ LOCKSTEP_DATA: folder });
  if (found.kind === 'problems') throw new Error(found.problems.join('\n'));
  const opened = await openLockstep(found.config, 'drill');
  try {
    const { views, pairings } = opened.registry;
    const viewOf = new Map((await pairings.list()).map(({ id, manifest }) => [id, manifest.view]));
    const lines: string[] = [];
    for (const [view, group] of Map.groupBy(answers, (answer) => answer.view)) {
      const ids = [...new Set(group.flatMap(({ points }) => points))];
      const members = await views.members(view, ids);
      const byId = new Map(members.map((member) => [member.id, member]));
      for (const { pairing, epoch, points } of group) {
        if (viewOf.get(pairing) !== view) lines.push(`${pairing} answered from ${view}`);
        for (const id of points) {
          const member = byId.get(id);
          if (member === undefined) lines.push(`${id} is no point of ${view}`);
          else if (!isVisible(member, epoch))
            lines.push(`${id} is not visible at ${view}#${epoch}`);
        }
      }
    }
    return lines;
  } finally {
    await opened.close();
  }
}
