import { readFileSync } from "node:fs";
import { decodeOrNull } from "#services/matching/decode-or-null.ts";
import { createEngine } from "#services/matching/engine/engine.ts";
import type { CommandEnvelope } from "#shared/domain/command.ts";
import { encodeCommand } from "#shared/domain/encoding/command-encoding.ts";
import { encodeOutcome } from "#shared/domain/encoding/outcome-encoding.ts";
import type { Outcome } from "#shared/domain/event.ts";
import { GOLDEN_BRANCH, GOLDEN_SHARD } from "./golden-commands.ts";

/** What a version of the encodings and of the rules wrote. Bytes in hex; `null` where the bytes are no command. */
export interface Golden {
  readonly commands: readonly { readonly bytes: string; readonly value: CommandEnvelope | null }[];
  readonly outcomes: readonly { readonly bytes: string; readonly value: Outcome }[];
  readonly snapshot: string;
  readonly digest: string;
}

/** Version 1 knew one branch and markets without a partition policy; version 3 writes snapshots as tables. */
export type GoldenVersion = 1 | 2 | 3;

export function goldenFile(version: GoldenVersion): URL {
  return new URL(`../fixtures/golden/v${version}.json`, import.meta.url);
}

/** What was written, with the values as they are read today: what a version did not know has its default. */
export function readGolden(version: GoldenVersion): Golden {
  return JSON.parse(readFileSync(goldenFile(version), "utf8"), (_key, value) =>
    isMarket(value) ? { partitionPolicy: "match-locally", ...value } : value,
  ) as Golden;
}

function isMarket(value: unknown): value is object {
  return typeof value === "object" && value !== null && "quotePerTickLot" in value;
}

/** Bytes that are no command of any version. */
const UNDECODABLE = "ff00";

/** What this program writes for a stream of commands. */
export function makeGolden(commands: readonly (CommandEnvelope | null)[]): Golden {
  const encoded = commands.map((value) => ({
    bytes: value === null ? UNDECODABLE : Buffer.from(encodeCommand(value)).toString("hex"),
    value,
  }));
  return { commands: encoded, ...fold(encoded.map(({ bytes }) => bytes)) };
}

/** Folds commands from their bytes, as recovery does. */
export function fold(commands: readonly string[]): Omit<Golden, "commands"> {
  const engine = createEngine(GOLDEN_SHARD, GOLDEN_BRANCH);
  const outcomes = commands.map((hex) => {
    const envelope = decodeOrNull(Buffer.from(hex, "hex"));
    const events = engine.apply(envelope);
    const value: Outcome = {
      shard: GOLDEN_SHARD,
      branch: engine.branch,
      seq: engine.seq,
      time: engine.time,
      commandId: envelope?.commandId ?? "",
      events,
    };
    return { bytes: Buffer.from(encodeOutcome(value)).toString("hex"), value };
  });
  return { outcomes, snapshot: Buffer.from(engine.snapshot()).toString("hex"), digest: engine.digest() };
}
