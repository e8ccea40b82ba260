import type { Outcome } from "#shared/domain/event.ts";
import type { Subscription } from "#shared/ports/command-log.ts";

/** Where a shard's fold tells of its outcomes. */
export interface TransferUpdates {
  onUpdate(listener: (update: { readonly outcome: Outcome }) => void): Subscription;
  onRewind(listener: () => void): Subscription;
}

const TRANSFER_EVENTS: ReadonlySet<string> = new Set([
  "TransferredOut",
  "TransferredIn",
  "TransferEnded",
  // Perhaps of a credit that was asked for again.
  "CommandRepeated",
]);

/** Calls when something of transfers has happened in a shard, or may have been undone. */
export function onTransfer(view: TransferUpdates, listener: () => void): Subscription {
  const subscriptions = [
    view.onUpdate(({ outcome }) => {
      if (outcome.events.some(({ kind }) => TRANSFER_EVENTS.has(kind))) listener();
    }),
    view.onRewind(listener),
  ];
  return {
    cancel: () => {
      for (const subscription of subscriptions) subscription.cancel();
    },
  };
}
