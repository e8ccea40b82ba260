import { Construct } from "constructs";
import { TABLES } from "#shared/adapters/aws/dynamodb/tables.ts";
import { dynamoTable, tablesOf } from "../dynamo-table.ts";
import type { MeridianStack } from "../stack.ts";

/**
 * The Region's acceptor of the ownership register: an ordinary table of one Region, with fixed capacity, because it is small, always busy and the
 * last thing that may be throttled by somebody's peak. Other Regions' matching tasks write to it too.
 */
export class RegisterTable extends Construct {
  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "register");
    dynamoTable(this, stack, {
      definition: TABLES.acceptor,
      keyArns: new Map([[stack.region, keyArn]]),
      capacity: stack.environment.register,
    });
  }
}

/** The other tables that each Region has of its own. */
export class RegionTables extends Construct {
  /** Changes of the notices: something waits to be told. */
  readonly noticesStreamArn: string;

  constructor(stack: MeridianStack, keyArn: string) {
    super(stack, "tables");
    const keyArns = new Map([[stack.region, keyArn]]);
    const made = new Map(
      tablesOf("region")
        .filter(({ name }) => name !== TABLES.acceptor.name)
        .map((definition) => [definition.name, dynamoTable(this, stack, { definition, keyArns })]),
    );
    const notices = made.get(TABLES.notices.name);
    if (notices === undefined) throw new Error("no table of notices");
    this.noticesStreamArn = notices.streamArn;
  }
}
