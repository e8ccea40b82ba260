import type { Breakage } from "#test/mutations/broken-copy.ts";

/** What `npm run simulate -- --mutations` breaks, one at a time: each must be caught by the simulator. */
export const SIMULATED_MUTATIONS: readonly Breakage[] = [
  {
    name: "a repeated command is not recognized",
    file: "services/matching/engine/engine.ts",
    find: 'if (admitted === "repeated") return shard.events;',
    replace: "",
  },
  {
    name: "a fork's command that was sent another way too is done again",
    file: "services/matching/engine/engine.ts",
    find: "const firstSeq = isRepeatable(inner.kind) ? 0 : this.#firstSeq(this.#id, hashOfCommandId(this.#id));",
    replace: "const firstSeq = 0;",
  },
  {
    name: "a fork's commands are taken out of turn",
    file: "services/matching/engine/engine.ts",
    find: "    if (!takesTurn(shard, command)) return;",
    replace: "    takesTurn(shard, command);",
  },
  {
    name: "the end of an epoch is ignored",
    file: "services/matching/engine/branches.ts",
    find: "  shard.ended = true;\n  shard.branchChanged",
    replace: '  shard.ended = command.kind === "ForkSealed";\n  shard.branchChanged',
  },
  {
    name: "a snapshot stands one command further than what is in it",
    file: "services/matching/snapshot-taker.ts",
    find: "await snapshots.save({ shard, ...place, digest",
    replace: "await snapshots.save({ shard, ...place, position: place.position + 1, digest",
  },
  {
    name: "a snapshot is saved before the journal holds what is in it",
    file: "services/matching/snapshot-taker.ts",
    find: "await flushed();\n    await snapshots",
    replace: "await snapshots",
  },
  {
    name: "a watermark counts one Region as a majority",
    file: "services/replication/watermark.ts",
    find: "const majority = Math.floor(regions.length / 2) + 1;",
    replace: "const majority = 1;",
  },
  {
    name: "an owner counts on after it promised to follow its reign no further, and what fenced replicas had reported",
    file: "services/replication/watermark.ts",
    find: "if (span === undefined || copies.fencedEpoch(shard) >= span.epoch) return;",
    replace: "if (span === undefined) return;",
  },
  {
    name: "a replica reports what it does not hold yet",
    file: "services/replication/follower.ts",
    find: "held: this.#isComplete(span) ? after : 0,",
    replace: "held: this.#isComplete(span) ? after + 50 : 0,",
  },
  {
    name: "a replica leaves out a record now and then",
    file: "services/replication/follower.ts",
    find: "await copies.append(shard, origin, records);",
    replace: "await copies.append(shard, origin, records.length > 3 ? records.slice(1) : records);",
  },
  {
    name: "the promise to follow an epoch no further is forgotten",
    file: "services/replication/serve-replication.ts",
    find: "await copies.fence(shard, epoch);",
    replace: "",
  },
  {
    name: "a replica does not honour a cut",
    file: "services/replication/tape-plan.ts",
    find: "const end = lineage[at + 1]?.parentSeq ?? Number.POSITIVE_INFINITY;\n    assert(",
    replace: "const end = (lineage[at + 1]?.parentSeq ?? Number.POSITIVE_INFINITY) + 1;\n    assert(",
  },
  {
    name: "a fold does not go back where its tape does",
    file: "services/replication/tape-cursor.ts",
    find: "if (toSeq < this.#tip) {",
    replace: "if (toSeq < this.#tip - 1000) {",
  },
  {
    name: "an acceptor accepts below its promise",
    file: "shared/ports/acceptor-memory.ts",
    find: "  const { promised, accepted } = memory;\n  if (promised !== undefined && compareBallots(ballot, promised) < 0)\n    return { memory, answer: { ok: false, promised } };\n  const isNew",
    replace: "  const { promised, accepted } = memory;\n  const isNew",
  },
  {
    name: "a fork is over without a seal",
    file: "services/region/shard-node.ts",
    find: "if (this.#fork === undefined || !(await this.reconciler.seal(this.#fork.branch))) return;",
    replace: "if (this.#fork === undefined) return;",
  },
  {
    name: "a transfer is credited before it is final that it was sent",
    file: "services/funding/mover.ts",
    find: "if (transfer.seq > from.finalSeq()) continue;",
    replace: "",
  },
  {
    name: "a reconciliation is written down for good before its end is final",
    file: "services/reconciliation/record-reconciliations.ts",
    find: "if (!(await this.#until(ended.outcome, () => isFinal(branch, seq)))) return false;",
    replace: "",
  },
  {
    name: "the beginning of a reign is done with before the register has taken it",
    file: "services/reconciliation/reconciler.ts",
    find: "const begun = this.#own.firstBegunAfter(last?.epoch ?? 0);",
    replace: "const begun = Number.POSITIVE_INFINITY;",
  },
  {
    name: "a fork is done with before its replay is final",
    file: "services/reconciliation/reconciler.ts",
    find: "return seen <= side.finalSeq();",
    replace: "return true;",
  },
  {
    name: "an owner's fork begins where its reign would go on",
    file: "services/region/write-fork.ts",
    find: 'if (span?.owner === self && !(await matching.append({ kind: "Tick", time: clock.now() }))) return undefined;',
    replace: "void [span, self, clock];",
  },
  {
    name: "what waits in the outbox is sent into a fork that it must not enter",
    file: "services/gateway/intake/outbox-sender.ts",
    find: 'if (!isCanonical(state) && (entry.state === "sent" || !mayFork(entry))) continue;',
    replace: "void [isCanonical, mayFork];",
  },
];
