import { mkdirSync, writeFileSync } from "node:fs";
import { goldenCommands } from "./golden-commands.ts";
import { GOLDEN_FILE, makeGolden } from "./golden-file.ts";

/**
 * Writes the golden file anew: `npx node test/golden/write-golden.ts`. Only before the first release, while no log of this version is anywhere: after it
 * a change of an encoding or a rule is a new version beside the old one, and this file stays.
 */
mkdirSync(new URL(".", GOLDEN_FILE), { recursive: true });
writeFileSync(GOLDEN_FILE, `${JSON.stringify(makeGolden(goldenCommands()), null, 1)}\n`);
