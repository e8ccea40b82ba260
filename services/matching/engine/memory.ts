import type { RememberedClientOrderId, RememberedCommand } from "#shared/domain/engine-state.ts";
import type { AccountId, CommandId, Seq } from "#shared/domain/ids.ts";
import { MEMORY_MS } from "#shared/domain/rules.ts";

/** Which ids the shard has seen (architecture, section 5, "Once"). Maps keep insertion order, which is the order of time. */
export class Memory {
  readonly #commands = new Map<CommandId, RememberedCommand>();
  readonly #deposits = new Map<CommandId, RememberedCommand>();
  readonly #clientOrderIds = new Map<string, RememberedClientOrderId>();

  /** The seq at which a command id was first folded. */
  firstSeq(commandId: CommandId): Seq | undefined {
    return (this.#commands.get(commandId) ?? this.#deposits.get(commandId))?.seq;
  }

  rememberCommand(command: RememberedCommand): void {
    this.#commands.set(command.commandId, command);
  }

  /** Deposits are remembered for ever. */
  rememberDeposit(command: RememberedCommand): void {
    this.#deposits.set(command.commandId, command);
  }

  knowsClientOrderId(account: AccountId, clientOrderId: string): boolean {
    return this.#clientOrderIds.has(clientKey(account, clientOrderId));
  }

  rememberClientOrderId(entry: RememberedClientOrderId): void {
    this.#clientOrderIds.set(clientKey(entry.account, entry.clientOrderId), entry);
  }

  /** Forgets what was remembered 24 h ago or earlier. */
  forget(now: number): void {
    for (const [id, { time }] of this.#commands) {
      if (time > now - MEMORY_MS) break;
      this.#commands.delete(id);
    }
    for (const [key, { time }] of this.#clientOrderIds) {
      if (time > now - MEMORY_MS) break;
      this.#clientOrderIds.delete(key);
    }
  }

  commands(): RememberedCommand[] {
    return [...this.#commands.values()];
  }

  deposits(): RememberedCommand[] {
    return [...this.#deposits.values()];
  }

  clientOrderIds(): RememberedClientOrderId[] {
    return [...this.#clientOrderIds.values()];
  }
}

/** One key for an account's client order id; no id contains a blank. */
export function clientKey(account: AccountId, clientOrderId: string): string {
  return `${account} ${clientOrderId}`;
}
