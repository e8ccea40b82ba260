import { renameSync, rmSync } from "node:fs";
import type { ShardId } from "#shared/domain/ids.ts";
import type { BranchRun } from "#shared/ports/journal.ts";
import type {
  CandleQuery,
  OrderListQuery,
  OrderQuery,
  PreventedMatchQuery,
  ProjectionBatch,
  Projections,
  RenewableProjections,
  TradeQuery,
} from "#shared/ports/projections.ts";
import { type DatabaseFile, openDatabase } from "./open-database.ts";
import { PROJECTIONS_SCHEMA } from "./projection-tables.ts";
import { openSqliteProjections } from "./sqlite-projections.ts";

/** Opens the tables of a Region as {@link openSqliteProjections} does. */
export function openRenewableProjections(options: DatabaseFile): RenewableProjections {
  return new SqliteRenewableProjections(options.file, openSqliteProjections(options));
}

class SqliteRenewableProjections implements RenewableProjections {
  readonly #file: string;
  #tables: Projections;

  constructor(file: string, tables: Projections) {
    this.#file = file;
    this.#tables = tables;
  }

  openFresh(): Projections {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${this.#freshFile}${end}`, { force: true });
    return openSqliteProjections({ file: this.#freshFile });
  }

  async replaceBy(fresh: Projections): Promise<void> {
    // Closed, each is one file without a journal beside it; and nothing of this waits, so nobody reads in between.
    const closing = [fresh.close(), this.#tables.close()];
    this.#copySuperseded();
    renameSync(this.#freshFile, this.#file);
    this.#tables = openSqliteProjections({ file: this.#file, known: true });
    await Promise.all(closing);
  }

  position(shard: ShardId) {
    return this.#tables.position(shard);
  }

  stand(shard: ShardId) {
    return this.#tables.stand(shard);
  }

  commit(batch: ProjectionBatch) {
    return this.#tables.commit(batch);
  }

  rewind(shard: ShardId, history: readonly BranchRun[]) {
    return this.#tables.rewind(shard, history);
  }

  order(orderId: Parameters<Projections["order"]>[0]) {
    return this.#tables.order(orderId);
  }

  orderByClientId(...named: Parameters<Projections["orderByClientId"]>) {
    return this.#tables.orderByClientId(...named);
  }

  orders(query: OrderQuery) {
    return this.#tables.orders(query);
  }

  orderList(listId: Parameters<Projections["orderList"]>[0]) {
    return this.#tables.orderList(listId);
  }

  orderListByClientId(...named: Parameters<Projections["orderListByClientId"]>) {
    return this.#tables.orderListByClientId(...named);
  }

  orderLists(query: OrderListQuery) {
    return this.#tables.orderLists(query);
  }

  preventedMatches(query: PreventedMatchQuery) {
    return this.#tables.preventedMatches(query);
  }

  trades(query: TradeQuery) {
    return this.#tables.trades(query);
  }

  candles(query: CandleQuery) {
    return this.#tables.candles(query);
  }

  close() {
    return this.#tables.close();
  }

  /** Trades that were taken back are in no history of today: the new tables have them from the old ones. */
  #copySuperseded(): void {
    const database = openDatabase({ file: this.#freshFile, known: true }, PROJECTIONS_SCHEMA);
    database.prepare("ATTACH ? AS old").run(this.#file);
    database.exec(
      "INSERT OR IGNORE INTO main.supersededTrades SELECT * FROM old.supersededTrades; DETACH old",
    );
    database.close();
  }

  get #freshFile(): string {
    return `${this.#file}.fresh`;
  }
}
