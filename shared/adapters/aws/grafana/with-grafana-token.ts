import {
  CreateWorkspaceServiceAccountTokenCommand,
  DeleteWorkspaceServiceAccountTokenCommand,
  GrafanaClient,
} from "@aws-sdk/client-grafana";
import { assert } from "#shared/domain/invariant.ts";
import type { Clock } from "#shared/ports/clock.ts";
import { OperatingError } from "#shared/ports/operating-error.ts";
import type { Random } from "#shared/ports/random.ts";
import { clientConfig, type ServicePlace } from "../client-config.ts";

export interface GrafanaTokenOptions extends ServicePlace {
  readonly workspaceId: string;
  /** The service account of the workspace whose rights the token has. */
  readonly serviceAccountId: string;
  readonly clock: Clock;
  readonly random: Random;
  /** A token that could not be deleted: it ends by itself. */
  readonly onTrouble: (error: unknown) => void;
}

/** The workspace gave no token. */
export class NoGrafanaToken extends OperatingError {
  override readonly name = "NoGrafanaToken";
}

/** It ends then by itself, wherever it may have been left; a function that publishes boards has five minutes. */
const SECONDS_TO_LIVE = 600;
const BOUNDS = { attempts: 4, requestTimeoutMs: 10_000 };
/** A role that was just made is not known everywhere at once (IAM, "Changes that I make are not always immediately visible"). */
const DENIALS_MAX = 15;
const DENIED_PAUSE_MS = 2000;

/** Works with a token of a workspace of Amazon Managed Grafana that is made for it and deleted afterwards: it stands nowhere. Throws `NoGrafanaToken`. */
export async function withGrafanaToken<T>(
  options: GrafanaTokenOptions,
  work: (token: string) => Promise<T>,
): Promise<T> {
  const { workspaceId, serviceAccountId, clock, random, onTrouble } = options;
  const client = new GrafanaClient(clientConfig(options, BOUNDS));
  const account = { workspaceId, serviceAccountId };
  try {
    // Names are told apart: one that is left over from a try before would be in the way.
    const name = `boards-${Buffer.from(random.bytes(6)).toString("hex")}`;
    const make = () =>
      client.send(
        new CreateWorkspaceServiceAccountTokenCommand({ ...account, name, secondsToLive: SECONDS_TO_LIVE }),
      );
    const made = await unlessDenied(make, clock).catch((cause: unknown) => {
      throw new NoGrafanaToken(`the workspace ${workspaceId} gives no token`, { cause });
    });
    const { id: tokenId, key } = made.serviceAccountToken ?? {};
    assert(tokenId !== undefined && key !== undefined, "a token that was made has an id and a key");
    try {
      return await work(key);
    } finally {
      await client
        .send(new DeleteWorkspaceServiceAccountTokenCommand({ ...account, tokenId }))
        .catch(onTrouble);
    }
  } finally {
    client.destroy();
  }
}

async function unlessDenied<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
  for (let denials = 0; ; ) {
    try {
      return await work();
    } catch (error) {
      const isDenied = error instanceof Error && error.name === "AccessDeniedException";
      if (!isDenied || ++denials > DENIALS_MAX) throw error;
    }
    await new Promise<void>((resolve) => void clock.schedule(DENIED_PAUSE_MS, resolve));
  }
}
