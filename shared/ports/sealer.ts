import { OperatingError } from "./operating-error.ts";

/** Seals secrets at rest. Each is bound to a name, so that a sealed secret cannot be moved to another's place. */
export interface Sealer {
  seal(name: string, secret: Uint8Array): Promise<Uint8Array>;
  /** Rejects with a `SealBroken` if the bytes, the name or the key are not those of `seal`. */
  open(name: string, sealed: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** What was sealed is not what is there. */
export class SealBroken extends OperatingError {
  override readonly name = "SealBroken";
}
