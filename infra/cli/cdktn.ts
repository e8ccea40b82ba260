import { compareWith, makeMovedCopy } from "#infra/cdktn/compare.ts";
import { moveTo } from "#infra/cdktn/move.ts";
import { CONTINUATION } from "#infra/cdktn/packages.ts";
import type { Owner } from "#infra/environments/environment.ts";
import { ENVIRONMENTS } from "#infra/environments/environments.ts";
import { synthesize } from "#infra/offline/offline-platform.ts";

/** Moves the sources to CDKTF's continuation: into a folder if one is named, else only to try it and say what would differ. */
export async function moveToContinuation(to: string | undefined, owner: Owner): Promise<void> {
  if (to === undefined) await tryMove(owner);
  else writeMove(to);
}

function writeMove(to: string): void {
  const changed = moveTo(to);
  for (const path of changed) process.stdout.write(`${path}\n`);
  process.stdout.write(
    changed.length === 0
      ? "nothing to move: this repository is on cdktn\n"
      : `${changed.length} files moved to cdktn ${CONTINUATION.cdktn}. In ${to}: npm install, then npm run infra -- plan\n`,
  );
}

async function tryMove(owner: Owner): Promise<void> {
  const copy = makeMovedCopy();
  try {
    for (const environment of Object.values(ENVIRONMENTS)) {
      const platform = await synthesize(environment(owner));
      try {
        const differences = compareWith(copy, platform);
        const { name } = platform.environment;
        process.stdout.write(
          `${name.padEnd(10)} ${platform.stacks.length} stacks, ${differences.length === 0 ? "the same" : `${differences.length} differences`}\n`,
        );
        for (const { place, before, after } of differences)
          process.stdout.write(`  ${place}: ${JSON.stringify(before)} → ${JSON.stringify(after)}\n`);
        if (differences.length > 0) process.exitCode = 1;
      } finally {
        platform.forget();
      }
    }
  } finally {
    copy.forget();
  }
}
