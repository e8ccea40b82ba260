import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SynthesizedPlatform } from "#infra/offline/offline-platform.ts";
import { installApart, linkPackages } from "./install.ts";
import { MoveError, moveTo } from "./move.ts";

/** One place where a stack is another after the move. */
export interface Difference {
  /** `foundation: resource.aws_kinesis_stream.log.name` */
  readonly place: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A moved copy of this repository, with its packages, that can be synthesized. */
export interface MovedCopy {
  readonly folder: string;
  readonly forget: () => void;
}

/** Makes a moved copy in a temporary folder. Throws `MoveError` where the packages cannot be had. */
export function makeMovedCopy(): MovedCopy {
  const apart = installApart();
  const folder = mkdtempSync(join(tmpdir(), "meridian-cdktn-"));
  const forget = () => rmSync(folder, { recursive: true, force: true });
  try {
    moveTo(folder);
    linkPackages(folder, apart);
  } catch (error) {
    forget();
    throw error;
  }
  return { folder, forget };
}

/** Synthesizes the environment in the copy too, and says where its stacks differ. Comments are left out: each library tells its version there. */
export function compareWith(copy: MovedCopy, platform: SynthesizedPlatform): readonly Difference[] {
  const { environment, outdir, stacks } = platform;
  const moved = join(copy.folder, "cdktf.out", environment.name);
  const { owner } = environment;
  const { status, stderr, error } = spawnSync(process.execPath, ["infra/main.ts"], {
    cwd: copy.folder,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      CDKTF_OUTDIR: moved,
      MERIDIAN_ENV: environment.name,
      MERIDIAN_ACCOUNT_ID: owner.accountId,
      MERIDIAN_DOMAIN: owner.domain,
      MERIDIAN_ALERT_EMAIL: owner.alertEmail,
      MERIDIAN_REPOSITORY: owner.repository,
      MERIDIAN_IMAGE_TAG: owner.imageTag,
    },
  });
  if (status !== 0) throw new MoveError(`the moved copy cannot be synthesized: ${error?.message ?? stderr}`);
  const before = stacksIn(outdir);
  const after = stacksIn(moved);
  return [...new Set([...stacks, ...before.keys(), ...after.keys()])].flatMap((stack) =>
    differences(before.get(stack), after.get(stack), `${stack}:`),
  );
}

function stacksIn(outdir: string): ReadonlyMap<string, unknown> {
  const folder = join(outdir, "stacks");
  return new Map(
    readdirSync(folder).map((stack) => [
      stack,
      JSON.parse(readFileSync(join(folder, stack, "cdk.tf.json"), "utf8")) as unknown,
    ]),
  );
}

/** Where two pieces of Terraform's JSON differ; `//` is a comment in it. */
export function differences(before: unknown, after: unknown, place = ""): readonly Difference[] {
  if (!isTree(before) || !isTree(after)) return before === after ? [] : [{ place, before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  keys.delete("//");
  return [...keys].flatMap((key) =>
    differences(before[key], after[key], `${place}${/:$|^$/.test(place) ? " " : "."}${key}`.trim()),
  );
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
