import { mkdirSync, writeFileSync } from "node:fs";
import { goldenCommands } from "./golden-commands.ts";
import { goldenFile, makeGolden } from "./golden-file.ts";

/**
 * Writes the golden file of the present version anew: `npx node test/golden/write-golden.ts`. Only while no log of this version is anywhere: after that
 * a change of an encoding or a rule is a new version beside the old ones, whose files stay.
 */
const file = goldenFile(3);
mkdirSync(new URL(".", file), { recursive: true });
writeFileSync(file, `${JSON.stringify(makeGolden(goldenCommands()), null, 1)}\n`);
