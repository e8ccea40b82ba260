import type { AccountId, OrderListId } from "#shared/domain/ids.ts";
import type { OrderListRow } from "#shared/ports/projections.ts";
import type { OrderListKey } from "./region-view.ts";

/** Lists that are done and still at hand; older ones are in the projections. */
const DONE = 5000;

/** Order lists by account, open and lately done. */
export class OrderListMemory {
  readonly #lists = new Map<OrderListId, OrderListRow>();
  readonly #byClientId = new Map<string, OrderListId>();
  readonly #open = new Map<AccountId, Map<OrderListId, OrderListRow>>();
  readonly #done: OrderListId[] = [];

  put(list: OrderListRow): void {
    this.#lists.set(list.listId, list);
    this.#byClientId.set(clientKey(list.account, list.listClientOrderId), list.listId);
    const open = this.#open.get(list.account) ?? new Map<OrderListId, OrderListRow>();
    if (!list.isDone) {
      this.#open.set(list.account, open.set(list.listId, list));
      return;
    }
    open.delete(list.listId);
    if (open.size === 0) this.#open.delete(list.account);
    this.#done.push(list.listId);
    if (this.#done.length >= 2 * DONE) for (const old of this.#done.splice(0, DONE)) this.#forget(old);
  }

  /** By rising list id. */
  open(account: AccountId): readonly OrderListRow[] {
    return [...(this.#open.get(account)?.values() ?? [])].sort((a, b) => a.listId - b.listId);
  }

  find(account: AccountId, key: OrderListKey): OrderListRow | undefined {
    const listId =
      "listId" in key
        ? (key.listId as OrderListId)
        : this.#byClientId.get(clientKey(account, key.listClientOrderId));
    const list = listId === undefined ? undefined : this.#lists.get(listId);
    return list?.account === account ? list : undefined;
  }

  #forget(listId: OrderListId): void {
    const list = this.#lists.get(listId);
    if (list === undefined) return;
    this.#lists.delete(listId);
    const key = clientKey(list.account, list.listClientOrderId);
    if (this.#byClientId.get(key) === listId) this.#byClientId.delete(key);
  }
}

function clientKey(account: AccountId, listClientOrderId: string): string {
  return `${account} ${listClientOrderId}`;
}
